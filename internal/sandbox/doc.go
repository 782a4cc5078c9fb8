// Package sandbox is a local Omise API: stateful, seeded, and able to misbehave on request, so
// that the nightly job can be tried, tested and shown without an account.
//
// It imports no other package of this project: what the client believes about Omise and what the
// sandbox answers come from the documents separately, so that one mistake cannot hide the other.
//
// # What it answers
//
// Reading endpoints only (account, charges, refunds, disputes, customers, cards, events), in the
// shapes of Omise-Version 2019-05-29 and 2017-11-02; every other method gets 405. State is changed
// through [Server]'s methods or the same calls under /_sandbox/. What an object looks like is a pure
// function of recorded facts and an instant, so authorisations lapse and sources expire by the
// clock alone, without an event, and an event shows its object as it was.
//
// # Control calls
//
// JSON in, JSON out, no key; each is a method of [Server] too:
//
//	GET    /_sandbox/clock
//	POST   /_sandbox/clock                       {"advance":"24h"} or {"set":"2026-11-30T00:00:00Z"}
//	POST   /_sandbox/charges                     a ChargeSpec
//	GET    /_sandbox/charges/{id}                its ChargeInfo
//	POST   /_sandbox/charges/{id}/capture        {"capture_amount":50000}, none: all
//	POST   /_sandbox/charges/{id}/refund         {"amount":50000}, none: all that is left
//	POST   /_sandbox/charges/{id}/reverse, /pay, /fail, /dispute
//	POST   /_sandbox/disputes/{id}/answer
//	POST   /_sandbox/disputes/{id}/close         {"won":true}
//	POST   /_sandbox/customers                   a CustomerSpec
//	DELETE /_sandbox/customers/{id}
//	POST   /_sandbox/customers/{id}/cards        a CardSpec
//	PATCH  /_sandbox/customers/{id}/cards/{card} {"expiration_month":5,"expiration_year":2030}
//	DELETE /_sandbox/customers/{id}/cards/{card}
//	POST   /_sandbox/faults                      {"spec":"429=5%:1,cut=2%"}, see [Server.SetFaults]
//	GET    /_sandbox/requests
//	POST   /_sandbox/reset
//
// # Choices where Omise's behaviour is not documented
//
//   - limit over 100, a negative offset, an unknown order, an unreadable date and an unknown
//     Omise-Version are 400 bad_request.
//   - from and to filter created_at, both ends included, in whole seconds; rows later than the
//     sandbox's clock do not exist yet, whatever to says. Rows of one second are ordered by id.
//   - deleted customers and cards are gone: absent from lists, 404 by id.
//   - a lapsed authorisation becomes reversed with reversed_at = expires_at, some become expired;
//     no refund and no event tells of it.
//   - a single full refund on the business day of payment is a void; refunded_amount includes it.
//   - a query parameter wins over the same one in the body of a GET.
//   - events are written in the version that the account had then: seeded ones older than 45 days
//     in 2017-11-02.
//
// # What it does not imitate
//
// No writing endpoints, search, links, transactions, transfers, receipts, schedules, tokens,
// webhooks, expand or vault host; no rate limit of its own (see the 429 fault); no settlement
// beyond the end of the day; no asynchronous refunds; no documents of disputes; list snapshots are
// not isolated from changes, as at Omise.
package sandbox
