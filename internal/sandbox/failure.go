package sandbox

// failure is why a payment was declined. A declined payment is a charge with status failed, not an
// error of the API.
type failure struct{ code, message string }

// failures are those that the documents name, the last one in the testing guide alone. The order
// matters: it is that of the amounts which provoke them.
var failures = [...]failure{
	{"confirmed_amount_mismatch", "confirmed amount differs from the amount of the charge"},
	{"failed_fraud_check", "failed fraud check"},
	{"failed_processing", "payment processing failed"},
	{"insufficient_balance", "insufficient balance in the account"},
	{"insufficient_fund", "insufficient funds in the account or the card has reached the credit limit"},
	{"invalid_account_number", "invalid account number"},
	{"invalid_account", "invalid account"},
	{"payment_cancelled", "payment was cancelled by the payer"},
	{"payment_rejected", "payment was rejected"},
	{"stolen_or_lost_card", "card is stolen or lost"},
	{"timeout", "the payment provider did not answer in time"},
	{"invalid_security_code", "the security code is wrong"},
}

// failingAmount is the amount before the first that fails whatever one pays with: 666601 is the
// first failure, 666612 the last. In every currency they are within the limits.
const failingAmount = 666_600

// failureOfAmount is the code that a payment of so many minor units brings, "" if it succeeds.
func failureOfAmount(amount int64) string {
	if i := amount - failingAmount - 1; i >= 0 && i < int64(len(failures)) {
		return failures[i].code
	}
	return ""
}

func documentedFailures() []string {
	var codes []string
	for _, f := range failures {
		codes = append(codes, f.code)
	}
	return codes
}

func failureText(code string) string {
	for _, f := range failures {
		if f.code == code {
			return f.message
		}
	}
	return "the payment failed"
}
