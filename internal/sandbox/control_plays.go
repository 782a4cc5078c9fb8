package sandbox

import "net/http"

// plays are the calls that make things happen to the account. They are writes like those of the API.
func (s *Server) plays() []controlRoute {
	plays := []controlRoute{
		{http.MethodPost, "/charges", s.ctlAddCharge},
		{http.MethodPost, "/charges/{id}/capture", s.ctlCapture},
		{http.MethodPost, "/charges/{id}/refund", s.ctlRefund},
		{http.MethodPost, "/charges/{id}/reverse", ctlDo(s.Reverse)},
		{http.MethodPost, "/charges/{id}/pay", ctlDo(s.Pay)},
		{http.MethodPost, "/charges/{id}/fail", ctlDo(s.Fail)},
		{http.MethodPost, "/charges/{id}/cancel", ctlDo(s.Cancel)},
		{http.MethodPost, "/charges/{id}/dispute", s.ctlDispute},
		{http.MethodPost, "/links/{id}/pay", s.ctlPayLink},
		{http.MethodPost, "/disputes/{id}/answer", ctlDo(s.AnswerDispute)},
		{http.MethodPost, "/disputes/{id}/close", s.ctlCloseDispute},
		{http.MethodPost, "/customers", s.ctlAddCustomer},
		{http.MethodDelete, "/customers/{id}", ctlDo(s.DeleteCustomer)},
		{http.MethodPost, "/customers/{id}/cards", s.ctlAddCard},
		{http.MethodPatch, "/customers/{id}/cards/{card}", s.ctlUpdateCard},
		{http.MethodDelete, "/customers/{id}/cards/{card}", s.ctlDeleteCard},
	}
	for i := range plays {
		plays[i].call = s.kept(plays[i].call)
	}
	return plays
}

func ctlDo(act func(id string) error) controlCall {
	return func(q *query) (any, error) { return ack{"id": q.id()}, act(q.id()) }
}

func (s *Server) ctlAddCharge(q *query) (any, error) {
	var spec ChargeSpec
	if err := q.into(&spec); err != nil {
		return nil, err
	}
	id, err := s.AddCharge(spec)
	if err != nil || spec.CreatedAt.After(s.Clock()) {
		return ack{"id": id}, err
	}
	return s.Charge(id)
}

func (s *Server) ctlCapture(q *query) (any, error) {
	var in struct {
		Amount int64 `json:"capture_amount"`
	}
	if err := q.into(&in); err != nil {
		return nil, err
	}
	if err := s.Capture(q.id(), in.Amount); err != nil {
		return nil, err
	}
	return s.Charge(q.id())
}

func (s *Server) ctlRefund(q *query) (any, error) {
	var in struct {
		Amount int64 `json:"amount"`
	}
	if err := q.into(&in); err != nil {
		return nil, err
	}
	id, err := s.Refund(q.id(), in.Amount)
	return ack{"id": id, "charge": q.id()}, err
}

func (s *Server) ctlDispute(q *query) (any, error) {
	id, err := s.OpenDispute(q.id())
	return ack{"id": id, "charge": q.id()}, err
}

func (s *Server) ctlCloseDispute(q *query) (any, error) {
	var in struct {
		Won bool `json:"won"`
	}
	if err := q.into(&in); err != nil {
		return nil, err
	}
	return ack{"id": q.id()}, s.CloseDispute(q.id(), in.Won)
}

func (s *Server) ctlPayLink(q *query) (any, error) {
	charge, err := s.payLink(q.id())
	return ack{"id": q.id(), "charge": charge}, err
}

func (s *Server) ctlAddCustomer(q *query) (any, error) {
	var spec CustomerSpec
	if err := q.into(&spec); err != nil {
		return nil, err
	}
	id, err := s.AddCustomer(spec)
	return ack{"id": id}, err
}

func (s *Server) ctlAddCard(q *query) (any, error) {
	var spec CardSpec
	if err := q.into(&spec); err != nil {
		return nil, err
	}
	id, err := s.AddCard(q.id(), spec)
	return ack{"id": id}, err
}

func (s *Server) ctlDeleteCard(q *query) (any, error) {
	id := q.args["card"]
	return ack{"id": id}, s.DeleteCard(q.id(), id)
}

func (s *Server) ctlUpdateCard(q *query) (any, error) {
	var in struct {
		Month int `json:"expiration_month"`
		Year  int `json:"expiration_year"`
	}
	if err := q.into(&in); err != nil {
		return nil, err
	}
	id := q.args["card"]
	return ack{"id": id}, s.UpdateCard(q.id(), id, in.Month, in.Year)
}
