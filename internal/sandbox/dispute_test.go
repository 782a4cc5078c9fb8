package sandbox

import (
	"net/http"
	"reflect"
	"testing"
	"time"
)

func TestDisputeByAPI(t *testing.T) {
	s := newServer(t, options())
	charge := "/charges/" + addCharge(t, s, ChargeSpec{})
	d := do(t, s, "POST "+charge+"/disputes", "")
	path := place(d)
	check(t, d, map[string]any{"status": "open", "amount": 100_000, "message": nil})
	refuse(t, s, "POST "+charge+"/disputes", "", "invalid_charge")
	check(t, object(t, s, charge), map[string]any{"refundable": false})

	check(t, do(t, s, "PATCH "+path, `{"metadata":{"case":7}}`), map[string]any{"status": "open"})
	d = do(t, s, "PATCH "+path, `{"message":"It was delivered"}`)
	check(t, d, map[string]any{"status": "pending", "message": "It was delivered"})
	if m := d["metadata"].(map[string]any); m["case"] != 7.0 {
		t.Errorf("metadata %v", m)
	}
	d = do(t, s, "PATCH "+path+"/accept", "")
	check(t, d, map[string]any{"status": "lost", "closed_at": "2026-11-21T05:30:00Z", "message": "It was delivered"})
	for _, again := range []string{path, path + "/accept"} {
		refuse(t, s, "PATCH "+again, "message=more", "invalid_dispute")
	}
	if later := object(t, s, path); !reflect.DeepEqual(later, d) {
		t.Errorf("later the dispute is %v, not %v", later, d)
	}
	if got := ids(rows(t, object(t, s, "/disputes/closed"))); got != d["id"] {
		t.Errorf("closed disputes: %s", got)
	}
	const want = "charge.create dispute.create dispute.update dispute.update dispute.accept"
	if got := eventKeys(t, s); got != want {
		t.Errorf("events %s", got)
	}
}

// A disputed payment leaves the balance and comes back when the dispute is won.
func TestDisputeMovesMoney(t *testing.T) {
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{})
	before := object(t, s, "/balance")["total"].(float64)
	dispute, err := s.OpenDispute(id)
	must(t, err)
	check(t, object(t, s, "/balance"), map[string]any{"total": before - 100_000})
	must(t, s.CloseDispute(dispute, true))
	check(t, object(t, s, "/balance"), map[string]any{"total": before})
	must(t, s.AmendDispute(dispute))
	check(t, object(t, s, "/balance"), map[string]any{"total": before - 100_000})
}

func TestDocuments(t *testing.T) {
	s := newServer(t, options())
	charge := "/charges/" + addCharge(t, s, ChargeSpec{})
	path := place(do(t, s, "POST "+charge+"/disputes", "")) + "/documents"
	const upload = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"slip.pdf\"\r\n\r\nsecret words\r\n--x--\r\n"
	x := do(t, s, "POST "+path, upload, "Content-Type: multipart/form-data; boundary=x")
	check(t, x, map[string]any{"object": "document", "filename": "slip.pdf", "deleted": false})
	own := path + "/" + idOf(x)
	check(t, object(t, s, own), map[string]any{"filename": "slip.pdf", "location": own})
	if page := object(t, s, path); ids(rows(t, page)) != x["id"] {
		t.Errorf("documents: %v", page)
	}
	check(t, do(t, s, "DELETE "+own, ""), map[string]any{"deleted": true})
	if a := get(t, s, own); a.status != http.StatusNotFound {
		t.Errorf("deleted document: %d", a.status)
	}
	if page := object(t, s, path); page["total"] != 0.0 {
		t.Errorf("documents: %v", page)
	}
	refuse(t, s, "POST "+path, "", "bad_request")
}

func TestDisputes(t *testing.T) {
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{})
	total := func(path string) any { return object(t, s, path)["total"] }
	dispute, err := s.OpenDispute(id)
	must(t, err)
	check(t, object(t, s, "/charges/"+id), map[string]any{"status": "successful", "refundable": false, "disputable": false, "refunded_amount": 0})
	if total("/disputes/open") != 1.0 || total("/disputes/closed") != 0.0 {
		t.Error("a new dispute is not open")
	}
	s.Advance(time.Hour)
	must(t, s.AnswerDispute(dispute))
	if total("/disputes/open") != 0.0 || total("/disputes/pending") != 1.0 {
		t.Error("an answered dispute is not pending")
	}
	s.Advance(time.Hour)
	must(t, s.CloseDispute(dispute, false))
	check(t, object(t, s, "/disputes/"+dispute), map[string]any{"status": "lost", "closed_at": "2026-11-21T07:30:00Z", "charge": id})
	if total("/disputes/closed") != 1.0 || total("/disputes") != 1.0 {
		t.Error("a lost dispute is not closed")
	}
	check(t, object(t, s, "/charges/"+id), map[string]any{"refundable": false})
	if s.CloseDispute(dispute, true) == nil {
		t.Error("a closed dispute can be closed again")
	}
}

// A second answer changes the words, not when the dispute was answered.
func TestDisputeIsAnsweredOnce(t *testing.T) {
	s := newServer(t, options())
	id, err := s.OpenDispute(addCharge(t, s, ChargeSpec{}))
	must(t, err)
	path := "/disputes/" + id
	for _, message := range []string{"one", "two"} {
		s.Advance(time.Hour)
		check(t, do(t, s, "PATCH "+path, "message="+message), map[string]any{"status": "pending", "message": message})
	}
	for ago, want := range map[time.Duration]map[string]any{
		0:                {"status": "pending", "message": "two"},
		time.Minute:      {"status": "pending", "message": "one"},
		61 * time.Minute: {"status": "open", "message": nil},
	} {
		s.SetClock(testNow.Add(2*time.Hour - ago))
		check(t, object(t, s, path), want)
	}
}
