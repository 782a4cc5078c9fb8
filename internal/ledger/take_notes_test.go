package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/ledger"
)

// desk is a ledger with one break, and the workbooks in which it is noted.
type desk struct {
	t testing.TB
	l *ledger.Ledger
}

func newDesk(t testing.TB) desk {
	d := desk{t, open(t)}
	d.night(broken("brk_1"))
	return d
}

// night finds breaks in a new run.
func (d desk) night(found ...ledger.Break) (run int64) {
	d.t.Helper()
	run = begin(d.t, d.l).ID
	check(d.l.SaveBreaks(d.t.Context(), run, "main", found, always))
	return run
}

// write is the workbook of the newest run, as written with the notes so far.
func (d desk) write(path string) ledger.EditedWorkbook {
	d.t.Helper()
	run := must(d.l.LastRun(d.t.Context())).ID
	sha := fmt.Sprint("sha of ", path, " by ", run)
	check(d.l.NoteWorkbook(d.t.Context(), run, path, sha, must(d.l.NotesSoFar(d.t.Context()))))
	return ledger.EditedWorkbook{Path: path, Written: sha, Run: run}
}

func typed(book ledger.EditedWorkbook, saved ledger.Instant, owner, resolution, note string) ledger.EditedWorkbook {
	book.SavedAt = saved
	book.Cells = []ledger.NoteCells{{Account: "main", Break: "brk_1", Owner: owner, Resolution: resolution, Note: note}}
	return book
}

// take reads workbooks back, twice; the second time must take nothing.
func (d desk) take(books ...ledger.EditedWorkbook) (warnings []string) {
	d.t.Helper()
	run := must(d.l.LastRun(d.t.Context())).ID
	warnings = must(d.l.TakeNotes(d.t.Context(), run, books)).Warnings
	before := must(d.l.NotesSoFar(d.t.Context()))
	must(d.l.TakeNotes(d.t.Context(), run, books))
	if after := must(d.l.NotesSoFar(d.t.Context())); after != before {
		d.t.Errorf("a second reading took %d notes:\n%s", after-before, dump(d.t, d.l, "notes"))
	}
	return warnings
}

// shows is what the next report says in the cells of brk_1.
func (d desk) shows() string {
	d.t.Helper()
	s := snapshot(d.t, d.l, must(d.l.LastRun(d.t.Context())).ID, 0)
	for _, b := range all(s.Breaks(d.t.Context(), must(d.l.NotesSoFar(d.t.Context())))) {
		if b.ID == "brk_1" {
			return fmt.Sprintf("%s|%s|%s", b.Owner, b.Resolution, b.Note)
		}
	}
	return ""
}

func (d desk) want(shows string) {
	d.t.Helper()
	if got := d.shows(); got != shows {
		d.t.Errorf("%s, want %s", got, shows)
	}
}

func (d desk) quiet(warnings []string) {
	d.t.Helper()
	if len(warnings) > 0 {
		d.t.Errorf("warnings: %q", warnings)
	}
}

func TestNotesAreTaken(t *testing.T) {
	d := newDesk(t)
	d.want("|open|")
	a := d.write("a.xlsx")
	d.quiet(d.take(typed(a, 10, "", "open", "")))
	if n := must(d.l.NotesSoFar(t.Context())); n != 0 {
		t.Errorf("nothing was typed, and %d notes", n)
	}
	d.quiet(d.take(typed(a, 10, "Ann", "accepted", "agreed with the bank")))
	d.want("Ann|accepted|agreed with the bank")
	d.quiet(d.take(typed(a, 11, "Ann", "fixed", "agreed with the bank")))
	d.want("Ann|fixed|agreed with the bank")

	d.night(broken("brk_1"))
	b := d.write("b.xlsx")
	d.quiet(d.take(typed(b, 20, "", "", "")))
	d.want("|open|")
	d.quiet(d.take(typed(a, 11, "Ann", "fixed", "agreed with the bank"), typed(b, 20, "", "", "")))
	d.want("|open|")
}

// Whoever clears a cell again in the same file has taken it back.
func TestNoteIsTakenBack(t *testing.T) {
	d := newDesk(t)
	a := d.write("a.xlsx")
	d.take(typed(a, 10, "Ann", "", ""))
	d.quiet(d.take(typed(a, 11, "", "", "")))
	d.want("|open|")
	d.take(typed(a, 12, "Ann", "", ""))
	d.want("Ann|open|")
}

func TestBothEdited(t *testing.T) {
	for name, order := range map[string][]int{"in one night": {2}, "the later save first": {0, 1}, "the later save last": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			books := []ledger.EditedWorkbook{typed(d.write("a late.xlsx"), 20, "Bob", "", ""), typed(d.write("b early.xlsx"), 10, "Ann", "", "same")}
			var warnings []string
			for _, i := range order {
				if i == 2 {
					warnings = d.take(books...)
					continue
				}
				warnings = append(warnings, d.take(books[i])...)
			}
			d.want("Bob|open|same")
			if len(warnings) != 1 || !strings.Contains(warnings[0], "break brk_1: its owner was edited in two workbooks: ") ||
				!strings.Contains(warnings[0], `"Ann" in b early.xlsx (saved 1970-01-01T00:00:10Z)`) || !strings.Contains(warnings[0], `"Bob" in a late.xlsx (saved 1970-01-01T00:00:20Z)`) ||
				!strings.HasSuffix(warnings[0], `"Bob" holds, because it was saved later`) {
				t.Errorf("%q", warnings)
			}
			var history []string
			for _, n := range must(d.l.NoteHistory(t.Context(), "main", "brk_1")) {
				if n.Field == ledger.NoteOwner {
					history = append(history, fmt.Sprint(n.Value, " ", n.Held))
				}
			}
			slices.Sort(history)
			if want := map[string]string{"in one night": "[Ann true Bob true]", "the later save first": "[Ann false Bob true]", "the later save last": "[Ann true Bob true]"}[name]; fmt.Sprint(history) != want {
				t.Errorf("history %v, want %s", history, want)
			}
		})
	}
}

func TestBothTypedTheSame(t *testing.T) {
	d := newDesk(t)
	d.quiet(d.take(typed(d.write("a.xlsx"), 20, "Ann", "", ""), typed(d.write("b.xlsx"), 10, "Ann", "", "")))
	d.want("Ann|open|")
}

// A workbook that was written with a note shows it: another value in it is an
// edit of that note, and no second opinion.
func TestLaterWorkbookOverrides(t *testing.T) {
	d := newDesk(t)
	a := typed(d.write("a.xlsx"), 30, "Ann", "", "")
	d.take(a)
	b := d.write("b.xlsx")
	d.quiet(d.take(a, typed(b, 20, "Bob", "", "")))
	d.want("Bob|open|")
}

func TestMovedWorkbookIsNotTakenAgain(t *testing.T) {
	d := newDesk(t)
	a := typed(d.write("a.xlsx"), 10, "Ann", "", "")
	d.take(a)
	d.take(typed(d.write("b.xlsx"), 20, "Bob", "", ""))
	a.Path = "archive/a.xlsx"
	d.quiet(d.take(a))
	d.want("Bob|open|")
}

// Two people save one workbook under two names.
func TestTwoCopiesOfOneWorkbook(t *testing.T) {
	d := newDesk(t)
	a := d.write("a.xlsx")
	b := a
	b.Path = "for Bob.xlsx"
	warnings := d.take(typed(a, 10, "Ann", "", ""), typed(b, 20, "Bob", "", ""))
	d.want("Bob|open|")
	if len(warnings) != 1 {
		t.Errorf("%q", warnings)
	}
}

func TestWorkbookOfUnknownOrigin(t *testing.T) {
	d := newDesk(t)
	d.take(typed(d.write("a.xlsx"), 10, "Ann", "", ""))
	run := d.night(broken("brk_1"))
	d.quiet(d.take(typed(ledger.EditedWorkbook{Path: "x.xlsx", Run: run}, 20, "Ann", "open", "new")))
	d.want("Ann|open|new")
	if n := must(d.l.NotesSoFar(t.Context())); n != 2 {
		t.Errorf("%d notes: what its run showed was taken for an edit", n)
	}
}

func TestNotesThatAreNotTaken(t *testing.T) {
	d := newDesk(t)
	a := typed(d.write("a.xlsx"), 10, "", "done", "")
	a.Cells = append(a.Cells, ledger.NoteCells{Account: "main", Break: "brk_9", Owner: "Ann"}, ledger.NoteCells{Account: "main", Break: "brk_8", Resolution: "open"}, ledger.NoteCells{Account: "main", Break: "brk_7"})
	a.SHA256 = "edited"
	if left := must(d.l.TakeNotes(t.Context(), a.Run, []ledger.EditedWorkbook{a})).Left; !slices.Equal(left, []string{"edited"}) {
		t.Errorf("left %q", left)
	}
	warnings := d.take(a)
	if len(warnings) != 2 || !strings.Contains(warnings[0], `a.xlsx: break brk_1: "done" is no resolution`) || !strings.Contains(warnings[1], "knows no break brk_9 of account main") {
		t.Errorf("%q", warnings)
	}
	if n := must(d.l.NotesSoFar(t.Context())); n != 0 {
		t.Errorf("%d notes", n)
	}
}

// What was accepted is open again when a value changes; the note stays.
func TestAcceptedHoldsForItsValues(t *testing.T) {
	d := newDesk(t)
	other := broken("brk_1", func(b *ledger.Break) { b.OmiseValue = "102.00" })
	a := d.write("a.xlsx")
	second := d.night(other) // the workbook shows the values of the first night
	d.take(typed(a, 10, "", "accepted", "fee"))
	d.want("|open|fee")
	b := d.write("b.xlsx")
	d.quiet(d.take(typed(b, 20, "", "accepted", "fee")))
	d.want("|accepted|fee")
	history := must(d.l.NoteHistory(t.Context(), "main", "brk_1"))
	want := ledger.Note{
		ID: 3, Account: "main", Break: "brk_1", Run: second, Field: ledger.NoteResolution, Value: ledger.Accepted, RecordValue: "100.00", OmiseValue: "102.00",
		Workbook: b.Written, Path: "b.xlsx", SavedAt: 20, Held: true,
	}
	if diff := cmp.Diff(want, history[len(history)-1]); diff != "" {
		t.Error(diff)
	}
	d.night(broken("brk_1"))
	d.want("|open|fee")
	d.night(broken("brk_1", func(b *ledger.Break) {
		b.OmiseValue, b.Explanation, b.Difference = "102.00", "other words", new(int64(3))
	}))
	d.want("|accepted|fee")
	d.night()
	d.night(other)
	d.want("|accepted|fee")
}

// A report that is written again shows the notes that it showed then.
func TestNotesAsTheyWere(t *testing.T) {
	d := newDesk(t)
	for i, owner := range []string{"Ann", "Bob"} {
		d.take(typed(d.write(owner), ledger.Instant(10-i), owner, "", ""))
	}
	for notes, want := range map[int64]string{0: "", 1: "Ann", 2: "Bob"} {
		for _, b := range all(snapshot(t, d.l, 1, 0).Breaks(t.Context(), notes)) {
			if b.Owner != want {
				t.Errorf("with %d notes %q, want %q", notes, b.Owner, want)
			}
		}
	}
}

// In whatever order workbooks are read, one night or several: of all edits of a
// cell that did not know of each other the last save holds, and every one of
// them is in the history.
func TestNotesProperty(t *testing.T) {
	ledger.Fewer(t, "40")
	l := open(t)
	run := begin(t, l).ID
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		id := fmt.Sprint("brk_", n)
		check(l.SaveBreaks(t.Context(), run, id, []ledger.Break{broken(id)}, uncurable))
		var books []ledger.EditedWorkbook
		want, edits := "", 0
		for i := range rapid.IntRange(1, 5).Draw(t, "workbooks") {
			owner := rapid.SampledFrom([]string{"", "Ann", "Bob"}).Draw(t, "owner")
			if owner != "" {
				want, edits = owner, edits+1
			}
			sha := fmt.Sprint(n, " ", i)
			check(l.NoteWorkbook(t.Context(), run, sha, sha, must(l.NotesSoFar(t.Context()))))
			books = append(books, ledger.EditedWorkbook{Path: sha, Written: sha, Run: run, SavedAt: ledger.Instant(i), Cells: []ledger.NoteCells{{Account: id, Break: id, Owner: owner}}})
		}
		books = rapid.Permutation(books).Draw(t, "order")
		for left := books; len(left) > 0; {
			night := rapid.IntRange(1, len(left)).Draw(t, "night")
			must(l.TakeNotes(t.Context(), run, left[:night]))
			left = left[night:]
		}
		if again := must(l.TakeNotes(t.Context(), run, books)); len(again.Warnings) > 0 {
			t.Fatalf("%q", again.Warnings)
		}
		if got := must(l.NoteHistory(t.Context(), id, id)); len(got) != edits {
			t.Fatalf("%d notes of %d edits", len(got), edits)
		}
		s := must(l.Snapshot(t.Context(), run, 0, []ledger.Scope{{Account: id}}))
		defer s.Close()
		for _, b := range all(s.Breaks(t.Context(), must(l.NotesSoFar(t.Context())))) {
			if b.Owner != want {
				t.Fatalf("owner %q, want %q:\n%+v", b.Owner, want, books)
			}
		}
	})
}
