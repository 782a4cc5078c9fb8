package sandbox

// ctlState tells what the sandbox is and how much it holds, and of nobody who.
func (s *Server) ctlState(*query) (any, error) {
	_, waiting := s.webhooks().rest()
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.now()
	money := s.balance(now)
	return stateInfo{
		Settings: settingsInfo{
			planting: s.planted, Country: s.country.code, Livemode: s.opt.Livemode,
			Lifetime: s.country.lifetime.duration().String(), Data: s.opt.Data != "", Fixtures: s.opt.Fixtures != "",
		},
		Clock: s.clockInfo(), Faults: s.faults.text(), Requests: s.Requests(), WaitingWebhooks: waiting,
		Objects: s.counts(now), Balance: balanceInfo{s.country.currency, money.total, money.transferable(), money.onHold},
	}, nil
}

type stateInfo struct {
	Settings        settingsInfo `json:"settings"`
	Clock           clockInfo    `json:"clock"`
	Faults          string       `json:"faults"`
	Requests        int          `json:"requests"`
	WaitingWebhooks int          `json:"waiting_webhooks"`
	Objects         objectCounts `json:"objects"`
	Balance         balanceInfo  `json:"balance"`
}

// balanceInfo is in minor units of the account's currency.
type balanceInfo struct {
	Currency     string `json:"currency"`
	Total        int64  `json:"total"`
	Transferable int64  `json:"transferable"`
	OnHold       int64  `json:"on_hold"`
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
	Charges      int `json:"charges"`
	Refunds      int `json:"refunds"`
	Disputes     int `json:"disputes"`
	Transactions int `json:"transactions"`
	Transfers    int `json:"transfers"`
	Recipients   int `json:"recipients"`
	Links        int `json:"links"`
	Customers    int `json:"customers"`
	Tokens       int `json:"tokens"`
	Sources      int `json:"sources"`
	Events       int `json:"events"`
}

func (s *Server) counts(now second) objectCounts {
	return objectCounts{
		Charges:      countNow(s.st.charges.rows, now),
		Refunds:      countNow(s.st.refunds.rows, now),
		Disputes:     countNow(s.st.disputes.rows, now),
		Transactions: countNow(s.transactions(), now),
		Transfers:    countNow(living(s.st.transfers.rows, now), now),
		Recipients:   countNow(living(s.st.recipients.rows, now), now),
		Links:        countNow(living(s.st.links.rows, now), now),
		Customers:    countNow(s.st.customers.rows, now),
		Tokens:       countNow(s.st.tokens.rows, now),
		Sources:      countNow(s.st.sources.rows, now),
		Events:       countNow(s.st.events.rows, now),
	}
}

func countNow[T row](rows []T, now second) int { return len(between(rows, 0, now)) }
