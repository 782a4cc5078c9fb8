package sandbox

// testCard is what payments bring with some numbers. Every other valid number pays.
type testCard struct {
	outcome   string // failure_code
	secure    bool   // the shopper authorises first, and the outcome follows
	unchecked bool   // security_code_check is false
	numbers   []string
}

// testCards are Omise's, as far as its testing guide has a number for an outcome. From
// confirmed_amount_mismatch on, and for a 3-D Secure that succeeds, they are the sandbox's own.
var testCards = []testCard{
	{outcome: "insufficient_fund", numbers: []string{"4111111111140011", "5555551111110011", "3530111111190011", "6250947000000014"}},
	{outcome: "stolen_or_lost_card", numbers: []string{"4111111111130012", "5555551111100012", "3530111111180012", "6250947000000022"}},
	{outcome: "failed_processing", numbers: []string{
		"4111111111120013", "5555551111190013", "3530111111170013", "6250947000000030",
		"377138160000009", "6447032400001111005", "36021042111108",
	}},
	{outcome: "payment_rejected", numbers: []string{"4111111111110014", "5555551111180014", "3530111111160014", "6250947000000048"}},
	{outcome: "failed_fraud_check", numbers: []string{"4111111111190016", "5555551111160016", "3530111111140016", "6250947000000055"}},
	{outcome: "invalid_account_number", numbers: []string{"4111111111180017", "5555551111150017", "3530111111130017", "6250947000000063"}},
	{outcome: "invalid_security_code", unchecked: true, numbers: []string{"4111111111160001", "5555551111130001", "3530111111110001"}},

	// 3-D Secure: a card that cannot be enrolled, and one whose shopper is not recognised.
	{outcome: "payment_rejected", numbers: []string{"4111111111150002", "5555551111120002", "3530111111100002", "6250947000000071"}},
	{outcome: "payment_rejected", secure: true, numbers: []string{"4111111111140003", "5555551111110003", "3530111111190003", "6250947000000089", "377138161111003"}},
	{secure: true, numbers: []string{"4111111111130004", "5555551111100004", "3530111111180004"}},

	{outcome: "confirmed_amount_mismatch", numbers: []string{"4111111111120021", "5555551111190021", "3530111111170021"}},
	{outcome: "insufficient_balance", numbers: []string{"4111111111110022", "5555551111180022", "3530111111160022"}},
	{outcome: "invalid_account", numbers: []string{"4111111111100023", "5555551111170023", "3530111111150023"}},
	{outcome: "payment_cancelled", numbers: []string{"4111111111190024", "5555551111160024", "3530111111140024"}},
	{outcome: "timeout", numbers: []string{"4111111111180025", "5555551111150025", "3530111111130025"}},
}
