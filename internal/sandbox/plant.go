package sandbox

import "fmt"

// planting says which objects there are before the first write.
type planting struct {
	Seed      int64 `json:"seed"`
	Charges   int   `json:"charges"`
	Customers int   `json:"customers"`
}

func (o Options) planting() planting { return planting{o.Seed, o.Charges, o.Customers} }

func (s *Server) planting() planting {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.planted
}

func (p planting) check() error {
	if p.Charges < 0 || p.Customers < 0 {
		return fmt.Errorf("sandbox: cannot seed %d charges and %d customers", p.Charges, p.Customers)
	}
	return nil
}

// open seeds, plays the data file if there is one, and only then tells endpoints what waits.
func (s *Server) open() error {
	if s.opt.Data == "" {
		return s.Reset()
	}
	j, h, rest, err := openJournal(s.opt.Data)
	if err != nil {
		return err
	}
	s.journal = j
	if rest == nil {
		return s.Reset()
	}
	if err := h.contradicts(s.opt); err != nil {
		return err
	}
	s.start, s.base = h.Start, secondOf(h.Start)
	p := s.opt.planting()
	if h.Again != nil {
		p = *h.Again
	}
	if err := s.SetFaults(s.opt.Faults); err != nil {
		return err
	}
	s.plant(p)
	torn, err := j.entries(rest, s.replay)
	if err != nil {
		return err
	}
	if torn {
		s.opt.Log.Warn("the last line of the data file was cut off and is left out", "file", j.path)
	}
	s.hooks.release()
	return nil
}

// Reset brings back the seeded objects, the clock, the faults of Options and an empty request log,
// and empties the data file.
func (s *Server) Reset() error { return s.reseed(s.planting()) }

// reseed is Reset to other numbers of objects, from another seed. That of the faults stays.
func (s *Server) reseed(p planting) error {
	if err := p.check(); err != nil {
		return err
	}
	faults, err := s.planFaults(s.opt.Faults)
	if err != nil {
		return err
	}
	s.order.Lock()
	defer s.order.Unlock()
	h := headerOf(s.opt, s.start)
	if p != h.planting {
		h.Again = &p
	}
	if err := s.journal.restart(h); err != nil {
		return err
	}
	s.useFaults(faults, s.opt.Faults)
	s.plant(p)
	s.hooks.release()
	return nil
}

// plant makes the state of the beginning.
func (s *Server) plant(p planting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planted = p
	s.clock.turn(dial{Still: s.opt.Clock})
	s.log.clear()
	s.ids = &idSource{Rand: newRand(s.planted.Seed, streamIDs)}
	s.st = newState(s.opt.Livemode, s.base)
	if s.hooks != nil {
		s.hooks.cancel()
	}
	s.hooks = newWebhooks(s)
	if s.fixtures != nil {
		return
	}
	o := s.opt
	o.Seed, o.Charges, o.Customers = s.planted.Seed, s.planted.Charges, s.planted.Customers
	seed(s.st, o, s.country, s.base)
}
