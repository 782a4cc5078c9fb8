package sandbox

const (
	flowRedirect    = "redirect"
	flowAppRedirect = "app_redirect"
	flowOffline     = "offline"
)

// method is what depends on the way of paying. Amounts are minor units.
type method struct {
	name       string // the type of its sources
	flow       string
	currencies []string // nil: all of the account's
	needs      []string // parameters without which there is no source
	drawn      bool     // its QR code is an SVG image
	explained  bool     // an offline one whose charges have a page all the same
	lifetime   second   // of an unpaid charge
	feeRate    int64    // hundredths of a percent
	refundable bool
	partial    bool
	closable   bool    // the merchant may make an unpaid charge expire
	shows      shown   // what the shopper takes to the counter
	terms      []int64 // months of an instalment plan
	monthly    int64   // least instalment
}

// shown is what a charge of an offline method gives the shopper.
type shown uint8

const (
	showsNothing    shown = iota
	showsCode             // a QR code to scan
	showsReferences       // numbers to tell
)

// needsReturn tells whether the shopper leaves the shop's pages, and has to be sent back.
func (m method) needsReturn() bool { return m.flow == flowRedirect || m.flow == flowAppRedirect }

// hasPage tells whether a charge names a page for the shopper.
func (m method) hasPage() bool { return m.flow != flowOffline || m.explained }

var cardMethod = method{refundable: true, partial: true, feeRate: 365}

func (c *charge) method() method {
	if c.source == nil {
		return cardMethod
	}
	return methodOf(c.source.kind)
}

func (x *source) method() method { return methodOf(x.kind) }

// methodOf gives a plain redirect method for a type that is not in the table: the control plane may
// make charges of types that Omise has not got yet.
func methodOf(name string) method {
	if m, ok := methodByName[name]; ok {
		return m
	}
	return redirected("", name)
}

func knownMethod(name string) bool {
	_, ok := methodByName[name]
	return ok
}

var methodByName = func() map[string]method {
	byName := make(map[string]method, len(methods))
	for _, m := range methods {
		byName[m.name] = m
	}
	return byName
}()
