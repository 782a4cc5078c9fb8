package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// controlCall answers a control request with a value that is written as JSON.
type controlCall func(r *http.Request) (any, error)

type ack map[string]string

func (s *Server) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	for pattern, call := range map[string]controlCall{
		"GET /clock":                          s.ctlClock,
		"POST /clock":                         s.ctlSetClock,
		"POST /charges":                       s.ctlAddCharge,
		"GET /charges/{id}":                   s.ctlCharge,
		"POST /charges/{id}/capture":          s.ctlCapture,
		"POST /charges/{id}/refund":           s.ctlRefund,
		"POST /charges/{id}/reverse":          s.ctlDo(s.Reverse),
		"POST /charges/{id}/pay":              s.ctlDo(s.Pay),
		"POST /charges/{id}/fail":             s.ctlDo(s.Fail),
		"POST /charges/{id}/dispute":          s.ctlDispute,
		"POST /disputes/{id}/answer":          s.ctlDo(s.AnswerDispute),
		"POST /disputes/{id}/close":           s.ctlCloseDispute,
		"POST /customers":                     s.ctlAddCustomer,
		"DELETE /customers/{id}":              s.ctlDo(s.DeleteCustomer),
		"POST /customers/{id}/cards":          s.ctlAddCard,
		"DELETE /customers/{id}/cards/{card}": s.ctlDeleteCard,
		"PATCH /customers/{id}/cards/{card}":  s.ctlUpdateCard,
		"POST /faults":                        s.ctlFaults,
		"GET /requests":                       s.ctlRequests,
		"POST /reset":                         s.ctlReset,
	} {
		mux.Handle(pattern, plain(call))
	}
	return http.StripPrefix("/_sandbox", mux)
}

// plain answers in a shape of its own, so that nobody takes a control answer for Omise's.
func plain(call controlCall) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := call(r)
		status := http.StatusOK
		if err != nil {
			status, answer = http.StatusBadRequest, ack{"error": err.Error()}
			var e *Error
			if errors.As(err, &e) {
				status = e.Status
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer)
	})
}

// readBody refuses unknown keys: a mistyped one would silently do something else.
func readBody(r *http.Request, into any) error {
	dec := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return badRequest("body: %v", err)
	}
	return nil
}

func (s *Server) ctlDo(act func(id string) error) controlCall {
	return func(r *http.Request) (any, error) {
		id := r.PathValue("id")
		return ack{"id": id}, act(id)
	}
}

func (s *Server) ctlClock(*http.Request) (any, error) {
	return ack{"now": s.Clock().Format(time.RFC3339Nano)}, nil
}

func (s *Server) ctlSetClock(r *http.Request) (any, error) {
	var in struct {
		Advance string    `json:"advance"`
		Set     time.Time `json:"set"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	if !in.Set.IsZero() {
		s.SetClock(in.Set)
	}
	if in.Advance != "" {
		d, err := time.ParseDuration(in.Advance)
		if err != nil {
			return nil, badRequest("advance %q is not a duration such as 24h", in.Advance)
		}
		s.Advance(d)
	}
	return s.ctlClock(r)
}

func (s *Server) ctlAddCharge(r *http.Request) (any, error) {
	var spec ChargeSpec
	if err := readBody(r, &spec); err != nil {
		return nil, err
	}
	id, err := s.AddCharge(spec)
	if err != nil || spec.CreatedAt.After(s.Clock()) {
		return ack{"id": id}, err
	}
	return s.Charge(id)
}

func (s *Server) ctlCharge(r *http.Request) (any, error) { return s.Charge(r.PathValue("id")) }

func (s *Server) ctlCapture(r *http.Request) (any, error) {
	var in struct {
		Amount int64 `json:"capture_amount"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	if err := s.Capture(id, in.Amount); err != nil {
		return nil, err
	}
	return s.Charge(id)
}

func (s *Server) ctlRefund(r *http.Request) (any, error) {
	var in struct {
		Amount int64 `json:"amount"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	id, err := s.Refund(r.PathValue("id"), in.Amount)
	return ack{"id": id, "charge": r.PathValue("id")}, err
}

func (s *Server) ctlDispute(r *http.Request) (any, error) {
	id, err := s.OpenDispute(r.PathValue("id"))
	return ack{"id": id, "charge": r.PathValue("id")}, err
}

func (s *Server) ctlCloseDispute(r *http.Request) (any, error) {
	var in struct {
		Won bool `json:"won"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	return ack{"id": id}, s.CloseDispute(id, in.Won)
}

func (s *Server) ctlAddCustomer(r *http.Request) (any, error) {
	var spec CustomerSpec
	if err := readBody(r, &spec); err != nil {
		return nil, err
	}
	id, err := s.AddCustomer(spec)
	return ack{"id": id}, err
}

func (s *Server) ctlAddCard(r *http.Request) (any, error) {
	var spec CardSpec
	if err := readBody(r, &spec); err != nil {
		return nil, err
	}
	id, err := s.AddCard(r.PathValue("id"), spec)
	return ack{"id": id}, err
}

func (s *Server) ctlDeleteCard(r *http.Request) (any, error) {
	id := r.PathValue("card")
	return ack{"id": id}, s.DeleteCard(r.PathValue("id"), id)
}

func (s *Server) ctlUpdateCard(r *http.Request) (any, error) {
	var in struct {
		Month int `json:"expiration_month"`
		Year  int `json:"expiration_year"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	id := r.PathValue("card")
	return ack{"id": id}, s.UpdateCard(r.PathValue("id"), id, in.Month, in.Year)
}

func (s *Server) ctlFaults(r *http.Request) (any, error) {
	var in struct {
		Spec string `json:"spec"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	return ack{"spec": in.Spec}, s.SetFaults(in.Spec)
}

func (s *Server) ctlRequests(*http.Request) (any, error) {
	return struct {
		Total int            `json:"total"`
		Paths map[string]int `json:"paths"`
	}{s.Requests(), s.RequestsByPath()}, nil
}

func (s *Server) ctlReset(*http.Request) (any, error) { return ack{"reset": "done"}, s.Reset() }
