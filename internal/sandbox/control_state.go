package sandbox

// ctlState tells what the sandbox is and how much it holds, and of nobody who.
func (s *Server) ctlState(*query) (any, error) {
	_, waiting := s.webhooks().rest()
	s.mu.RLock()
	defer s.mu.RUnlock()
	return stateInfo{
		Settings: settingsInfo{
			planting: s.planted, Country: s.country.code, Livemode: s.opt.Livemode,
			Lifetime: s.country.lifetime.duration().String(), Data: s.opt.Data != "", Fixtures: s.opt.Fixtures != "",
		},
		Clock: s.clockInfo(), Faults: s.faultSpec(), Requests: s.Requests(), WaitingWebhooks: waiting,
		Objects: s.st.counts(s.now()),
	}, nil
}

type stateInfo struct {
	Settings        settingsInfo `json:"settings"`
	Clock           clockInfo    `json:"clock"`
	Faults          string       `json:"faults"`
	Requests        int          `json:"requests"`
	WaitingWebhooks int          `json:"waiting_webhooks"`
	Objects         objectCounts `json:"objects"`
}

type settingsInfo struct {
	planting
	Country  string `json:"country"`
	Livemode bool   `json:"livemode"`
	Lifetime string `json:"authorization_lifetime"`
	Data     bool   `json:"data"`
	Fixtures bool   `json:"fixtures"`
}

// objectCounts are of what exists at the clock.
type objectCounts struct {
	Charges   int `json:"charges"`
	Refunds   int `json:"refunds"`
	Disputes  int `json:"disputes"`
	Customers int `json:"customers"`
	Events    int `json:"events"`
}

func (st *state) counts(now second) objectCounts {
	return objectCounts{
		Charges:   countNow(st.charges, now),
		Refunds:   countNow(st.refunds, now),
		Disputes:  countNow(st.disputes, now),
		Customers: countNow(st.customers, now),
		Events:    countNow(st.events, now),
	}
}

func countNow[T row](rows []T, now second) int { return len(between(rows, 0, now)) }

func (s *Server) faultSpec() string {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	return s.spec
}
