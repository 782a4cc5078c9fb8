package sandbox

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const recorded = "../../../shared/fixtures/recorded"

// meant are differences that have to be, with the reason.
func meant() map[string]string {
	all := map[string]string{}
	for key := range strings.FieldsSeq("authorization_type authorized_amount captured_amount") {
		all["charge."+key+" is not theirs"] = "Omise leaves it out of some charges, as seeded ones do"
	}
	for key := range strings.FieldsSeq("acquirer_reference_number linked_account merchant_advice merchant_advice_code authorized_at " +
		"multi_capture partially_refundable can_perform_void approval_code") {
		for _, path := range []string{"event.data.", "list.data[].data."} {
			all[path+key+" is not theirs"] = "the recorded event is of a time before this key"
		}
	}
	return all
}

// notImitated are recordings of what the sandbox does not have.
func notImitated() map[string]string {
	return map[string]string{
		"schedules-post": "schedules are refused",
		"occurrences/occu_test_6344k76ztk6c26m7gmi-get": "there are no schedules",
		"receipts/rcpt_5xi1fgqoqpyyu0brcgd-get":         "there are no receipts",
	}
}

// TestAnswersAreThoseOfTheRecordings holds the journey's answers against Omise's: keys, their order
// and types.
func TestAnswersAreThoseOfTheRecordings(t *testing.T) {
	s := newServerWithMoney(t, options())
	known, ids := meant(), map[string]string{}
	for _, step := range journey() {
		a := s.sendRaw(t, step.wireRequest, ids)
		ours, err := decodeJSON([]byte(a.body))
		if err != nil {
			t.Fatalf("%s %s: %d %s", step.method, step.path, a.status, a.body)
		}
		keepID(ids, step.keep, ours)
		if step.file == "" {
			continue
		}
		if a.status != 200 {
			t.Errorf("%s %s: %d %s", step.method, step.path, a.status, a.body)
			continue
		}
		for _, d := range differences(ours.get("object").text, readRecording(t, step.file), ours) {
			if known[d] == "" {
				t.Errorf("%s %s: %s", step.method, step.path, d)
			}
		}
	}
}

func readRecording(t *testing.T, file string) value {
	t.Helper()
	host := "api.omise.co"
	if strings.HasPrefix(file, "tokens") {
		host = "vault.omise.co"
	}
	raw, err := os.ReadFile(filepath.Join(recorded, host, file+".json"))
	if os.IsNotExist(err) {
		t.Skip("no recordings here")
	}
	must(t, err)
	v, fault := decodeJSON(raw)
	if fault != nil {
		t.Fatal(fault)
	}
	return v
}

func TestEveryRecordingIsUsed(t *testing.T) {
	used := notImitated()
	for _, step := range journey() {
		used[step.file] = "a step"
	}
	err := filepath.WalkDir(recorded, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(recorded, strings.TrimSuffix(path, ".json"))
		_, name, _ = strings.Cut(filepath.ToSlash(name), "/")
		if used[name] == "" {
			t.Errorf("nothing is held against %s", name)
		}
		return nil
	})
	if os.IsNotExist(err) {
		t.Skip("no recordings here")
	}
	must(t, err)
}
