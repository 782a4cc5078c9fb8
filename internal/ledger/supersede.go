package ledger

import "fmt"

// noMoney is a condition on a record under an alias: what MovedMoney denies.
func noMoney(alias string) string {
	return alias + ".status NOT IN ('paid', 'authorized', 'refunded', 'partially_refunded')"
}

// supersede joins the states of an order that gains its charge id. Shops write
// an order down before its payment begins; when the charge id arrives, that is
// the same record and not a second one.
//
// In one book, a row without a charge id goes when it says that no money moved
// and a later row of its order has one; beside a row that says money moved, the
// two are two records. A record of an earlier reading that this one has no row
// for takes the charge id, and its history goes on under it. Of several ids it
// takes one that is new, the last; when none is, it is gone.
func (b *book) supersede() error {
	if err := b.exec(fmt.Sprintf(`DELETE FROM book WHERE id IN (
		SELECT e.id FROM book AS i CROSS JOIN book AS e ON e.id = ?1 || i.order_ref
		WHERE i.charge <> '' AND i.order_ref <> '' AND e.row < i.row AND %s)`, noMoney("e")), RecordID(b.source, "", "")); err != nil {
		return err
	}
	if err := b.exec(`CREATE TEMP TABLE superseded AS SELECT old, new FROM (
			SELECT o.id AS old, iif(k.id IS NULL, i.id, NULL) AS new, row_number() OVER (PARTITION BY o.id ORDER BY k.id IS NULL DESC, i.row DESC) AS choice
			FROM book AS i CROSS JOIN records AS o ON o.account = ?1 AND o.source = ?2 AND o.charge = '' AND o.order_ref = i.order_ref
			LEFT JOIN records AS k ON k.account = ?1 AND k.id = i.id
			WHERE i.charge <> '' AND o.gone = 0 AND NOT EXISTS (SELECT 1 FROM book AS s WHERE s.id = o.id))
		WHERE choice = 1`, b.account, b.source); err != nil {
		return err
	}
	return b.takeIDs()
}

// takeIDs gives the superseded records their new ids in every state, with the
// seals that belong to these, and marks those whose id is known already.
func (b *book) takeIDs() error {
	changes := Changes{}
	const known = "account = ?2 AND id IN (SELECT old FROM superseded WHERE new IS NULL)"
	if err := markGone(b.ctx, b.tx, recordTable, known, changes, b.run, b.account); err != nil {
		return err
	}
	b.counts = changes[RecordObject]
	for _, statement := range []string{
		"UPDATE records SET id = s.new FROM superseded AS s WHERE account = ?1 AND id = s.old AND s.new IS NOT NULL",
		"UPDATE records_versions SET id = s.new FROM superseded AS s WHERE account = ?1 AND id = s.old AND s.new IS NOT NULL",
		"UPDATE records SET seal = " + recordTable.sealed("", "since") + " WHERE account = ?1 AND id IN (SELECT new FROM superseded)",
		"UPDATE records_versions SET seal = " + recordTable.sealed("", "since") + " WHERE account = ?1 AND id IN (SELECT new FROM superseded)",
		"UPDATE record_places SET record = s.new FROM superseded AS s WHERE account = ?1 AND record = s.old AND s.new IS NOT NULL",
	} {
		if err := b.exec(statement, b.account); err != nil {
			return err
		}
	}
	return nil
}
