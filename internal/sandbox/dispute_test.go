package sandbox

import (
	"net/http"
	"reflect"
	"testing"
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
	own := path + "/" + x["id"].(string)
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
