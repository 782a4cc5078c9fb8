package sandbox

import "cmp"

type bank struct{ code, name string }

// onlineBanks are some of those at which Malaysian shoppers have accounts.
var onlineBanks = [...]bank{
	{"affin", "Affin Bank"},
	{"cimb", "CIMB Clicks"},
	{"maybank2u", "Maybank2U"},
	{"ocbc", "OCBC Bank"},
	{"public", "Public Bank"},
	{"rhb", "RHB Bank"},
}

// testBank is the one that every country has.
var testBank = bank{"test", "Test Bank"}

// thaiBanks are those that money can be sent to, in the order of the recording. Most names are not
// recorded; the code stands for those.
var thaiBanks = [...]bank{
	{"bbl", "Bangkok Bank"},
	{"kbank", "Kasikornbank"},
	{"ktb", "Krungthai Bank"},
	{"ttb", "TMBThanachart Bank"},
	{"scb", "Siam Commercial Bank"},
	{code: "citi"},
	{code: "smbc"},
	{code: "sc"},
	{code: "cimb"},
	{code: "uob"},
	{"bay", "Bank of Ayudhya (Krungsri)"},
	{code: "gsb"},
	{code: "hsbc"},
	{code: "ghb"},
	{code: "baac"},
	{code: "ibank"},
	{code: "tisco"},
	{code: "kk"},
	{code: "icbc"},
	{code: "tcrb"},
	{code: "lhb"},
}

// transferBanks are the codes of those at which a merchant may have the account that it is paid to.
func transferBanks(land *country) []string {
	codes := []string{testBank.code}
	if land.code == "TH" {
		for _, b := range thaiBanks {
			codes = append(codes, b.code)
		}
	}
	return codes
}

// bankName is what a bank calls itself, its code if the sandbox has not heard of it.
func bankName(code string) string {
	if code == testBank.code {
		return testBank.name
	}
	for _, b := range thaiBanks {
		if b.code == code {
			return cmp.Or(b.name, code)
		}
	}
	return code
}
