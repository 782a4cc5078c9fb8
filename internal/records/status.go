package records

import (
	"strings"

	"reconcile/internal/ledger"
)

// defaultWords are the words for a status that need no explanation, written
// as statusKey compares them.
var defaultWords = map[string]ledger.RecordStatus{
	"paid": ledger.RecordPaid, "success": ledger.RecordPaid, "successful": ledger.RecordPaid,
	"succeeded": ledger.RecordPaid, "completed": ledger.RecordPaid, "complete": ledger.RecordPaid,
	"processing": ledger.RecordPaid, "captured": ledger.RecordPaid, "settled": ledger.RecordPaid,

	"authorized": ledger.RecordAuthorized, "authorised": ledger.RecordAuthorized, "held": ledger.RecordAuthorized,

	"pending": ledger.RecordPending, "unpaid": ledger.RecordPending, "new": ledger.RecordPending,

	"onhold": ledger.RecordOnHold,

	"failed": ledger.RecordFailed, "declined": ledger.RecordFailed,

	"cancelled": ledger.RecordCancelled, "canceled": ledger.RecordCancelled, "expired": ledger.RecordCancelled,
	"voided": ledger.RecordCancelled, "reversed": ledger.RecordCancelled,

	"refunded": ledger.RecordRefunded,

	"partiallyrefunded": ledger.RecordPartiallyRefunded, "partialrefund": ledger.RecordPartiallyRefunded,
}

// statusKey is what status words are compared by: no case, no "wc-" in front,
// and no difference between blank, "-" and "_".
func statusKey(word string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	return headerKey(strings.TrimPrefix(word, "wc-"))
}

// statusWords joins the words of a source to the default ones.
func (s Source) statusWords() map[string]ledger.RecordStatus {
	words := make(map[string]ledger.RecordStatus, len(defaultWords)+len(s.Statuses))
	for word, status := range defaultWords {
		words[word] = status
	}
	for word, status := range s.Statuses {
		words[statusKey(word)] = status
	}
	return words
}

// maxWord bounds a status word that nobody explained, in characters.
const maxWord = 100

// status reads the status of a row. A word that nobody explained leaves it
// unknown and is kept as it stands.
func (in *intake) status(m *mapping, row []cell, r *ledger.Record) *fault {
	text, _, f := m.value(Status, row)
	if f != nil || text == "" {
		return f
	}
	shown := m.of[Status].shown
	status, known := in.words[text]
	if !known {
		status, known = in.words[statusKey(text)]
	}
	if !known {
		r.Word = cut(text, maxWord)
		shown.sample(text, "not known")
		return nil
	}
	r.Status = status
	shown.sample(text, string(status))
	return nil
}
