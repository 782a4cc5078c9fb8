package sandbox

// deletable is a row that can be deleted at an instant, after which neither lists nor ids find it.
type deletable interface {
	row
	gone(t second) bool
}

// living gives the rows that are not deleted at t.
func living[T deletable](rows []T, t second) []T {
	var left []T
	for _, x := range rows {
		if !x.gone(t) {
			left = append(left, x)
		}
	}
	return left
}

// deleted answers a deletion: with all of the object, before 2019 with little more than its id.
func (q *query) deleted(kind, id string, draw func(*render)) ([]byte, error) {
	if !q.v.old() {
		return q.object(draw)
	}
	return q.object(func(r *render) {
		r.open('{')
		r.str("object", kind)
		r.str("id", id)
		r.bool("livemode", r.live)
		r.bool("deleted", true)
		r.close('}')
	})
}
