// Package sandbox is a local Omise API: stateful, seeded, and able to misbehave on request, so
// that shops and the nightly job can be tried, tested and shown without an account.
//
// It imports no other package of this project: what the client believes about Omise and what the
// sandbox answers come from the documents separately, so that one mistake cannot hide the other.
//
// # How a request is answered
//
// A [Server] is the API of one account, an http.Handler. A request becomes a query: its route is
// found (router.go, routes.go), its key looked at (auth.go), its parameters read into one tree
// whatever their format (decode.go, value.go), and card numbers in them replaced by facts (vault.go).
// The endpoint of the route finds the object that the path names (subject.go), reads the parameters
// by type (fields.go), checks all it needs, and only then draws ids and changes state: a refused
// request changes nothing.
//
// # State
//
// State is facts with their instants, and what an object looks like is a pure function of facts and
// an instant, drawn when it is asked for. So authorisations lapse and sources expire by the clock
// alone; nothing has to run when a deadline passes. All that is random comes from the server's own
// streams, and no order hangs on a map: one seed, one clock and one script give the same bytes.
//
// All writes that come over the network pass one door (change.go), one by one, each at one instant.
// That is what makes the data file possible: it holds the writes (journal.go), and a start plays
// them again. What [Server]'s own methods change is in no data file; they are for tests.
//
// state.go has a shelf (shelf.go) for each kind of object. The files of a kind share its name: of
// charges, charge.go has the facts and the view of them, charge_api.go the endpoints, charge_act.go
// what can happen to one, charge_json.go the object as it is answered, and charge_spec.go and
// charge_add.go what control calls and tests ask for.
//
// # Beside the API
//
// Pages for the shopper's browser (pages.go), webhooks to loopback addresses (webhook.go), faults
// (faults.go), recorded answers in place of state (fixtures.go), and control calls under
// /_sandbox/, in a shape of their own: control_tools.go has those about the sandbox,
// control_plays.go those that make things happen.
//
// What the sandbox does not imitate is in the README; what it had to choose where Omise's documents
// are silent, in docs/design.md.
package sandbox
