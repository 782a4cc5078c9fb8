package report

// breaks shows how many breaks there are of each kind, what is open before what
// finance has accepted and what is cured. Never a sum over two currencies.
func (p *page) breaks(b Book, d *digest) {
	keys := d.breakKeys(b.Accounts)
	if len(keys) == 0 {
		return
	}
	s := p.x.speech
	p.section(Titles{"Breaks", "差異", "รายการไม่ตรงกัน"})
	p.head(6, s.say(kindOfBreak()), s.say(account().Title), s.say(state().Title),
		s.say(Titles{"Highest severity", "最高の重要度", "ความสำคัญสูงสุด"}), s.say(currency().Title),
		s.say(Titles{"Count", "件数", "จำนวน"}), s.say(Titles{"Difference or amount", "差額または金額", "ผลต่างหรือจำนวนเงิน"}))
	for _, k := range keys {
		p.breakLine(k, d.breaks[k])
	}
}

func (p *page) breakLine(k breakKey, t breakTally) {
	s := p.x.speech
	mark := breakMark(k.state, t.severity, k.state)
	p.text(1, lookText(), s.word(k.kind))
	p.text(2, lookText(), k.account)
	p.text(3, lookText(), s.word(k.state))
	p.text(4, lookMark(mark), s.word(t.severity))
	p.text(5, lookText(), string(k.currency))
	p.count(6, lookText(), t.count)
	p.money(7, lookText(), t.tally, k.currency)
	p.next()
}
