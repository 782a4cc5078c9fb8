package sandbox

import "slices"

// shelf holds the objects of one kind, sorted by creation and id, and finds them by their id.
type shelf[T row] struct {
	kind string // what an error calls one
	rows []T
	byID map[string]T
}

func newShelf[T row](kind string, rows ...T) shelf[T] {
	h := shelf[T]{kind: kind, byID: map[string]T{}}
	for _, x := range rows {
		h.put(x)
	}
	return h
}

func (h *shelf[T]) put(x T) {
	h.rows = insertRow(h.rows, x)
	h.index(x)
}

// add is put for seeding, which makes objects in no order and sorts them afterwards.
func (h *shelf[T]) add(x T) {
	h.rows = append(h.rows, x)
	h.index(x)
}

func (h *shelf[T]) sort() { slices.SortFunc(h.rows, compareRows[T]) }

func (h *shelf[T]) index(x T) {
	_, id := x.rowKey()
	h.byID[id] = x
}

// now finds an object as a request at t does: not one that is still to come, or was deleted.
func (h *shelf[T]) now(id string, t second) (T, error) {
	x, ok := h.byID[id]
	if ok {
		created, _ := x.rowKey()
		d, mayGo := any(x).(deletable)
		ok = created <= t && (!mayGo || !d.gone(t))
	}
	if !ok {
		var none T
		return none, notFound(h.kind, id)
	}
	return x, nil
}

// findRow is for the few rows that another object holds.
func findRow[T row](kind string, rows []T, id string, t second) (T, error) {
	for _, x := range rows {
		if created, known := x.rowKey(); known == id && created <= t {
			return x, nil
		}
	}
	var none T
	return none, notFound(kind, id)
}
