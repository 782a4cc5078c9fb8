package sandbox

import (
	"net/http"
	"reflect"
	"testing"
)

func TestDisputeByAPI(t *testing.T) {
	s := newServer(t, options())
	charge := "/charges/" + addCharge(t, s, ChargeSpec{})
	d := done(t, s, http.MethodPost, charge+"/disputes", "")
	path := d["location"].(string)
	check(t, d, map[string]any{"status": "open", "amount": 100_000, "message": nil})
	if code := refusal(t, s, http.MethodPost, charge+"/disputes", ""); code != "invalid_charge" {
		t.Errorf("second dispute: %v", code)
	}
	check(t, object(t, s, charge), map[string]any{"refundable": false})

	check(t, done(t, s, http.MethodPatch, path, `{"metadata":{"case":7}}`), map[string]any{"status": "open"})
	d = done(t, s, http.MethodPatch, path, `{"message":"It was delivered"}`)
	check(t, d, map[string]any{"status": "pending", "message": "It was delivered"})
	if m := d["metadata"].(map[string]any); m["case"] != 7.0 {
		t.Errorf("metadata %v", m)
	}
	d = done(t, s, http.MethodPatch, path+"/accept", "")
	check(t, d, map[string]any{"status": "lost", "closed_at": "2026-11-21T05:30:00Z", "message": "It was delivered"})
	for _, again := range []string{path, path + "/accept"} {
		if code := refusal(t, s, http.MethodPatch, again, "message=more"); code != "invalid_dispute" {
			t.Errorf("%s of a closed dispute: %v", again, code)
		}
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
	path := done(t, s, http.MethodPost, charge+"/disputes", "")["location"].(string) + "/documents"
	const upload = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"slip.pdf\"\r\n\r\nsecret words\r\n--x--\r\n"
	x := done(t, s, http.MethodPost, path, upload, "Content-Type: multipart/form-data; boundary=x")
	check(t, x, map[string]any{"object": "document", "filename": "slip.pdf", "deleted": false})
	own := path + "/" + x["id"].(string)
	check(t, object(t, s, own), map[string]any{"filename": "slip.pdf", "location": own})
	if page := object(t, s, path); ids(rows(t, page)) != x["id"] {
		t.Errorf("documents: %v", page)
	}
	check(t, done(t, s, http.MethodDelete, own, ""), map[string]any{"deleted": true})
	if a := get(t, s, own); a.status != http.StatusNotFound {
		t.Errorf("deleted document: %d", a.status)
	}
	if page := object(t, s, path); page["total"] != 0.0 {
		t.Errorf("documents: %v", page)
	}
	if code := refusal(t, s, http.MethodPost, path, ""); code != "bad_request" {
		t.Errorf("no file: %v", code)
	}
}
