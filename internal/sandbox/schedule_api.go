package sandbox

import "net/http"

// scheduleRoutes answer for schedules and receipts, which the sandbox does not imitate: clients get
// empty lists rather than errors when they ask.
func (s *Server) scheduleRoutes() []route {
	return []route{
		{http.MethodGet, "/schedules", secretKey, emptyList("list")},
		{http.MethodPost, "/schedules", secretKey, noSchedules},
		{http.MethodGet, "/schedules/{id}", secretKey, unknown("schedule")},
		{http.MethodDelete, "/schedules/{id}", secretKey, unknown("schedule")},
		{http.MethodGet, "/schedules/{id}/occurrences", secretKey, unknown("schedule")},
		{http.MethodGet, "/occurrences/{id}", secretKey, unknown("occurrence")},
		{http.MethodGet, "/charges/schedules", secretKey, emptyList("list")},
		{http.MethodGet, "/transfers/schedules", secretKey, emptyList("list")},
		{http.MethodGet, "/customers/{id}/schedules", secretKey, with(s.customerOf, noRows)},
		{http.MethodGet, "/recipients/{id}/schedules", secretKey, with(s.recipientOf, noRows)},
		{http.MethodGet, "/receipts", secretKey, emptyList("receipt_list")},
		{http.MethodGet, "/receipts/{id}", secretKey, unknown("receipt")},
	}
}

// emptyList lists no rows, under the word that the kind of list has for object.
func emptyList(object string) endpoint {
	return func(q *query) ([]byte, error) {
		p, err := parseList(q.in, q.now)
		if err != nil {
			return nil, err
		}
		return q.object(func(r *render) {
			r.listHead(object)
			r.listTail(p, 0, q.path)
		})
	}
}

// noRows are those of an object that has to be there.
func noRows[T any](q *query, _ T) ([]byte, error) { return emptyList("list")(q) }

func noSchedules(*query) ([]byte, error) {
	return nil, badRequest("schedules are not imitated by the sandbox")
}

func unknown(kind string) endpoint {
	return func(q *query) ([]byte, error) { return nil, notFound(kind, q.id()) }
}
