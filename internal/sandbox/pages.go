package sandbox

import (
	"cmp"
	"errors"
	"net/http"
)

// pageRoutes are what a shopper's browser opens; they take no key. A page of another site cannot
// press their buttons.
func (s *Server) pageRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /payments/{payment}/authorize", s.pageAuthorize)
	mux.HandleFunc("GET /payments/{payment}/result", s.pageResult)
	mux.HandleFunc("POST /payments/{payment}/complete", s.pageDecide("pay"))
	mux.HandleFunc("POST /payments/{payment}/fail", s.pageDecide("fail"))
	mux.HandleFunc("POST /payments/{payment}/cancel", s.pageDecide("cancel"))
	mux.HandleFunc("GET /pay/links/{id}", s.pageLink)
	mux.HandleFunc("POST /pay/links/{id}", s.pagePayLink)
	mux.HandleFunc("GET /pay/qr/{file}", s.pageCode)
	mux.HandleFunc("GET /pay/barcode/{file}", s.pageBars)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) { missing(w, "page") })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && foreign(r) {
			page{Title: "Not from here", Note: "Only the sandbox's own pages can decide a payment."}.write(w, http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// pageAuthorize asks the shopper; there is nothing to ask once the payment is decided.
func (s *Server) pageAuthorize(w http.ResponseWriter, r *http.Request) {
	p, ok := s.visit(r)
	switch {
	case !ok:
		missing(w, "payment")
	case !p.waits:
		p.outcome().write(w, http.StatusConflict)
	default:
		p.question().write(w, http.StatusOK)
	}
}

func (s *Server) pageResult(w http.ResponseWriter, r *http.Request) {
	p, ok := s.visit(r)
	if !ok {
		missing(w, "payment")
		return
	}
	p.outcome().write(w, http.StatusOK)
}

// pageDecide does what the shopper chose, and sends the shopper back to the shop.
func (s *Server) pageDecide(choice string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, ok := s.visit(r)
		if !ok {
			missing(w, "payment")
			return
		}
		err := s.play(s.baseURL(r), "/charges/"+p.charge+"/"+choice, nil)
		if err != nil {
			s.pageRefused(w, r, err, s.pageAuthorize)
			return
		}
		leave(w, cmp.Or(p.returnURI, resultOf(p.id)))
	}
}

// pageRefused shows the page again when nothing was changed because it is too late, or says what is
// wrong with the sandbox itself.
func (s *Server) pageRefused(w http.ResponseWriter, r *http.Request, err error, again http.HandlerFunc) {
	var e *Error
	if errors.As(err, &e) && e.Status >= http.StatusInternalServerError {
		page{Title: "That did not work", Note: e.Message}.write(w, e.Status)
		return
	}
	again(w, r)
}

// leave sends a browser on, to an app's own scheme too.
func leave(w http.ResponseWriter, target string) {
	guard(w.Header())
	w.Header().Set("Location", target)
	w.WriteHeader(http.StatusSeeOther)
}

func resultOf(payment string) string { return "/payments/" + payment + "/result" }

func (s *Server) paymentOfCharge(id string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.st.charges.byID[id].payment()
}
