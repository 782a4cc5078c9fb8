//go:build unix

package main

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reconcile/internal/sandbox"
)

var (
	kills = flag.Int("kills", 8, "how many times TestKilled kills the program, over all kinds of work")
	dice  = flag.Uint64("dice", 1, "decides the moments of TestKilled")
)

// work is a command that TestKilled kills at any moment.
type work struct {
	name    string
	prepare func(s *site)
	at      string // when it is done
	args    []string
	asks    bool // it asks Omise; else it only has the ledger
}

var works = []work{
	{"backfill", newHistory, secondNight, []string{"backfill", "--from", "2028-09-20", "--to", "2028-11-20"}, true},
	{"run", newNight, secondNight, []string{"run"}, true},
	{"report", oldReport, morning, reportFrom("2028-05-20"), false},
	{"upgrade", oldLedger, morning, reportFrom("2028-09-20"), false},
}

// Two nights, and the morning after them. Whoever only has the ledger works in
// the morning.
const (
	firstNight  = "2028-11-20T03:00:00+07:00"
	secondNight = "2028-11-21T03:00:00+07:00"
	morning     = "2028-11-21T09:00:00+07:00"
)

// reportFrom is the command that writes the report which is compared at the
// end. With --as-of its bytes do not depend on when it is written.
func reportFrom(day string) []string {
	return []string{"report", "--as-of", morning, "--from", day, "--to", "2028-11-20", "--out", "reports/whole"}
}

// TestKilled kills the program at random moments of each kind of work. After
// each kill the ledger and the report folders are sound; begun again until it
// is done, the work leaves what it leaves when nobody kills it, for little more
// than the requests of that.
//
//	make kill KILLS=1000
func TestKilled(t *testing.T) {
	for i, w := range works {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel() // they wait for the disk most of the time
			s := newSite(t)
			w.prepare(s)
			v := &victim{site: s, work: w, rand: rand.New(rand.NewPCG(*dice, uint64(i)))}
			v.template = t.TempDir()
			copyFolder(t, v.template, s.dir)
			v.runsBefore = v.count("SELECT count(*) FROM runs WHERE status = 'complete'")
			v.unbroken = v.live(0)
			wanted := (*kills + i) / len(works)
			for life := 0; v.killed < wanted && life < 4*wanted; life++ {
				v.reset()
				v.compare(v.live(min(1+v.rand.IntN(3), wanted-v.killed)))
			}
			if v.killed == 0 && wanted > 0 {
				t.Error("every process had ended before it could be killed")
			}
			t.Logf("%d kills, %v; unbroken: %d requests, %v; most requests more per kill: %d", v.killed, v.caught, v.unbroken.requests, v.unbroken.took, v.most)
		})
	}
}

// victim is a work that is done again and again, with kills.
type victim struct {
	*site
	work
	template   string // the folder before the work
	runsBefore int    // complete ones
	rand       *rand.Rand
	unbroken   outcome

	killed int            // so far
	missed int            // moments in a row that came too late
	caught map[string]int // in what states kills have found the reports folder
	most   int            // requests per kill that an unbroken work does not need
}

// outcome is what a finished work leaves behind.
type outcome struct {
	kills, requests int
	took            time.Duration
	paths           []string          // all files and folders
	reports         map[string]string // their bytes
	tables          map[string]string // without what tells one run from another
}

func (v *victim) reset() {
	if err := os.RemoveAll(v.dir); err != nil {
		v.t.Fatal(err)
	}
	copyFolder(v.t, v.dir, v.template)
}

// live does the work, killed so many times before it may end.
func (v *victim) live(kills int) (o outcome) {
	from := v.omise.Requests()
	for o.kills < kills {
		if v.isDone() {
			break
		}
		if !v.kill(v.moment(v.omise.Requests() - from)) {
			v.missed++
			break
		}
		v.missed = 0
		v.killed++
		o.kills++
		v.survived()
	}
	if began := time.Now(); !v.isDone() {
		v.must(v.at, v.args...)
		o.took = time.Since(began)
	}
	o.requests = v.omise.Requests() - from
	if v.asks {
		v.must(morning, reportFrom("2028-09-20")...)
	}
	v.verify()
	o.paths, o.reports = v.tree(), v.reports()
	o.tables = v.tables()
	return o
}

// isDone says whether a run of the work has ended: also a kill can come between
// the end of the run and that of its process.
func (v *victim) isDone() bool {
	return v.asks && v.count("SELECT count(*) FROM runs WHERE status = 'complete'") > v.runsBefore
}

// moment is a random one: some time after some request, or after the start.
// Each that came too late makes the next ones earlier.
func (v *victim) moment(asked int) moment {
	reach := func(d time.Duration) time.Duration {
		return time.Duration(v.rand.Int64N(int64(d)>>min(v.missed, 10) + 1))
	}
	left := v.unbroken.requests - asked
	switch {
	case v.asks && left > 0 && v.rand.IntN(4) > 0:
		return moment{requests: 1 + v.rand.IntN(left), then: reach(5 * time.Millisecond)}
	case !v.asks && v.rand.IntN(3) == 0:
		return moment{glob: ".old-*", then: reach(time.Millisecond)}
	default:
		return moment{then: reach(v.unbroken.took)}
	}
}

// kill starts the work and kills it at m. It says whether that came in time.
func (v *victim) kill(m moment) bool {
	p := v.start(v.at, m, v.args...)
	if !p.killAt(m) {
		return false
	}
	if v.caught == nil {
		v.caught = map[string]int{}
	}
	v.caught[v.swapState()]++
	return true
}

// survived checks what a kill has left.
func (v *victim) survived() {
	v.t.Helper()
	v.verify()
	for _, folder := range v.glob("reports/[^.]*") {
		v.isWhole(folder)
	}
	for _, old := range v.glob("reports/.old-*") {
		place := strings.Replace(old, ".old-", "", 1)
		if _, err := os.Stat(place); err != nil { // else the old one is being removed
			v.isWhole(old)
		}
	}
	v.oldOrNew()
}

// oldOrNew holds the folder of the whole period against the one that stood
// there before and the one that the work makes.
func (v *victim) oldOrNew() {
	v.t.Helper()
	const name = "reports/whole/manifest.json"
	before, err := os.ReadFile(filepath.Join(v.template, name))
	if err != nil {
		return // there was none
	}
	now, err := os.ReadFile(filepath.Join(v.dir, name))
	if err != nil {
		now = v.read("reports/.old-whole/manifest.json")
	}
	if string(now) != string(before) && string(now) != v.unbroken.reports["whole/manifest.json"] {
		v.t.Errorf("the report folder is neither the old one nor the new one: %s", now)
	}
}

// compare holds a work that was killed against the unbroken one.
func (v *victim) compare(o outcome) {
	v.t.Helper()
	if !slices.Equal(o.paths, v.unbroken.paths) {
		v.t.Errorf("after %d kills there are other files:\n%q, unbroken:\n%q", o.kills, o.paths, v.unbroken.paths)
	}
	for _, table := range slices.Sorted(maps.Keys(v.unbroken.tables)) {
		if got, want := o.tables[table], v.unbroken.tables[table]; got != want {
			v.t.Errorf("after %d kills: table %s\n%s", o.kills, table, firstDifference(got, want))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.unbroken.reports)) {
		got, want := v.comparable(name, o.reports[name]), v.comparable(name, v.unbroken.reports[name])
		if got != want {
			v.t.Errorf("after %d kills: %s\n%s", o.kills, name, firstDifference(got, want))
		}
	}
	more := o.requests - v.unbroken.requests
	if more > o.kills*v.spare() {
		v.t.Errorf("%d kills cost %d requests more than the %d of an unbroken work", o.kills, more, v.unbroken.requests)
	}
	if o.kills > 0 {
		v.most = max(v.most, (more+o.kills-1)/o.kills)
	}
}

// spare is what one kill may cost: what every start asks for (/account and the
// length of each of the four lists), the page that each of the four workers had
// in its hands, and the last page of each window under way, which is always
// asked for again.
func (v *victim) spare() int {
	if !v.asks {
		return 0
	}
	const start, inHand, last = 5, 4, 4
	return start + inHand + last
}

// comparable leaves out of a report what must differ when it took more runs
// than one: the numbers and the times of runs.
func (v *victim) comparable(name, text string) string {
	switch {
	case !v.asks:
		return text
	case filepath.Ext(name) != ".csv":
		return ""
	case filepath.Base(name) == "changes.csv":
		return withoutRuns(text)
	}
	return text
}

// withoutRuns leaves the columns noticed_at and run out of changes.csv.
func withoutRuns(text string) string {
	lines := strings.Split(text, "\r\n")
	for i, line := range lines {
		if cells := strings.Split(line, ","); len(cells) == 11 {
			lines[i] = strings.Join(slices.Delete(cells, 7, 9), ",")
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\r\n")
}

// newHistory is an account whose history nobody has read.
func newHistory(s *site) {
	s.serve(secondNight, sandbox.Options{Seed: 2, Charges: 3000, Customers: 60})
}

// newNight is the morning after a first run, with late changes.
func newNight(s *site) {
	s.serve(firstNight, sandbox.Options{Seed: 3, Charges: 1500, Customers: 60})
	s.must(firstNight, "backfill", "--from", "2028-09-20", "--to", "2028-11-19")
	s.must(firstNight, "run")
	s.omise.Advance(24 * time.Hour)
	s.changeEvery(7)
}

// oldLedger is a ledger of the first version, with ten thousand rows.
func oldLedger(s *site) {
	s.serve(firstNight, sandbox.Options{})
	unpack(s.t, "testdata/ledger-v1.db.gz", s.ledger())
	s.multiply(20)
}

// oldReport is a ledger with a report folder that will be written again, to
// which people have added files.
func oldReport(s *site) {
	s.serve(firstNight, sandbox.Options{})
	unpack(s.t, "testdata/ledger-v1.db.gz", s.ledger())
	s.multiply(5)
	s.must(morning, "report", "--month", "2028-10", "--out", "reports/whole")
	for i := range 300 {
		s.write(fmt.Sprintf("reports/whole/notes %d.txt", i), "ours")
	}
}

// TestLeftoversOfKills plants what a kill leaves at moments too short to hit by
// chance: between the two renames of a swap, while a folder is tried, while the
// ledger is copied. The next start tidies up, though it writes elsewhere.
func TestLeftoversOfKills(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.serve(firstNight, sandbox.Options{})
	unpack(t, "testdata/ledger-v1.db.gz", s.ledger())
	s.write(".reconcile.db.v1.tmp", "half a copy")
	s.must(morning, "report", "--month", "2028-10", "--out", "reports/whole")
	s.must(morning, "report", "--from", "2028-09-20", "--to", "2028-09-30", "--out", "reports/other")
	paths, reports := s.tree(), s.reports()
	if slices.ContainsFunc(paths, func(path string) bool { return strings.HasSuffix(path, ".tmp") }) {
		t.Errorf("half a copy stays: %q", paths)
	}

	s.move("reports/whole", "reports/.old-whole")
	for _, folder := range []string{"reports/.new-3", "reports/.new-probe1234"} {
		if err := os.Mkdir(filepath.Join(s.dir, folder), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	s.write("reports/.new-3/charges.csv", "half a tab")
	s.verify()
	s.must(morning, "report", "--from", "2028-09-20", "--to", "2028-09-30", "--out", "reports/other")
	if left := s.tree(); !slices.Equal(left, paths) {
		t.Errorf("there is\n%q, want\n%q", left, paths)
	}
	if !maps.Equal(s.reports(), reports) {
		t.Error("the reports are other ones than before the kill")
	}
}

func (s *site) move(from, to string) {
	s.t.Helper()
	if err := os.Rename(filepath.Join(s.dir, from), filepath.Join(s.dir, to)); err != nil {
		s.t.Fatal(err)
	}
}
