package report

// action is a line of what someone must do today.
type action struct {
	table, state string
	mark         Mark
	title        Titles
}

func actions() []action {
	return []action{
		{"breaks", "high", MarkAlarm, Titles{
			"Breaks of high severity", "重要度の高い差異", "รายการไม่ตรงกันที่มีความสำคัญสูง",
		}},
		{"breaks", "medium", MarkWarn, Titles{
			"Breaks of medium severity", "重要度が中程度の差異", "รายการไม่ตรงกันที่มีความสำคัญปานกลาง",
		}},
		{"breaks", "low", MarkInfo, Titles{
			"Breaks of low severity", "重要度の低い差異", "รายการไม่ตรงกันที่มีความสำคัญต่ำ",
		}},
		{"capture_deadlines", "overdue", MarkAlarm, Titles{
			"Authorised charges past their capture deadline", "売上確定期限を過ぎたオーソリ", "วงเงินอนุมัติที่เลยกำหนดเรียกเก็บ",
		}},
		{"capture_deadlines", "urgent", MarkWarn, Titles{
			"Authorised charges to capture now", "至急の売上確定が必要なオーソリ", "วงเงินอนุมัติที่ต้องเรียกเก็บโดยด่วน",
		}},
		{"capture_deadlines", "lapsed", MarkAlarm, Titles{
			"Authorisations that lapsed uncaptured", "売上確定されず失効したオーソリ", "วงเงินอนุมัติที่สิ้นผลโดยไม่ได้เรียกเก็บ",
		}},
		{"expiring_charges", "overdue", MarkAlarm, Titles{
			"Unpaid charges past their expiry", "支払期限を過ぎた未払いの課金", "รายการรอชำระที่เลยกำหนด",
		}},
		{"expiring_charges", "soon", MarkWarn, Titles{
			"Unpaid charges that expire soon", "まもなく期限切れとなる未払いの課金", "รายการรอชำระที่ใกล้หมดอายุ",
		}},
		{"expiring_cards", "expired", MarkAlarm, Titles{
			"Customer cards that have expired", "期限切れの顧客カード", "บัตรลูกค้าที่หมดอายุแล้ว",
		}},
		{"expiring_cards", "this_month", MarkWarn, Titles{
			"Customer cards that expire this month", "今月期限切れとなる顧客カード", "บัตรลูกค้าที่หมดอายุเดือนนี้",
		}},
	}
}

func (p *page) actions(b Book, d *digest) {
	tables := map[string]Table{}
	for _, t := range b.Tables {
		tables[t.Table.Name] = t.Table
	}
	p.section(Titles{"What needs action", "対応が必要な項目", "รายการที่ต้องดำเนินการ"})
	for _, a := range actions() {
		if t, ok := tables[a.table]; ok {
			p.action(a, d.states[stateKey{a.table, a.state}], p.x.speech.sheetName(t, 1))
		}
	}
}

func (p *page) action(a action, n int64, sheet string) {
	l := lookMark(MarkNone)
	if n > 0 {
		l = lookMark(a.mark)
	}
	for col := 1; col <= 3; col++ {
		p.text(col, l, "")
	}
	p.say(1, l, a.title)
	p.span(1, 3)
	p.text(4, l, p.x.speech.word(a.state))
	p.count(5, l, n)
	p.text(6, look{colour: colourBrand, underline: true, rule: colourRule}, sheet)
	if p.err == nil {
		p.try(p.x.f.SetCellHyperLink(p.name, p.ref(6), quoteSheet(sheet)+"!A1", "Location"))
	}
	p.next()
}
