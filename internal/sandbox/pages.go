package sandbox

import "net/http"

// pageRoutes are what a shopper's browser opens; they take no key.
func (s *Server) pageRoutes() http.Handler { return http.NotFoundHandler() }
