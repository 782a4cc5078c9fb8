package sandbox

import (
	"encoding/json"
	"time"
)

// CustomerSpec describes a customer to add.
type CustomerSpec struct {
	Email       string          `json:"email"`
	Description string          `json:"description"`
	Metadata    json.RawMessage `json:"metadata"` // JSON object, default {}
	CreatedAt   time.Time       `json:"created_at"`
	Cards       []CardSpec      `json:"cards"`
	Deletable   bool            `json:"deletable"` // the delete fault may take it
}

// CustomerInfo is a customer as of the clock.
type CustomerInfo struct {
	ID          string   `json:"id"`
	Email       string   `json:"email"`
	DefaultCard string   `json:"default_card"`
	Cards       []string `json:"cards"` // ids, oldest first
	Deletable   bool     `json:"deletable"`
}

// Customers gives every customer that is not deleted, oldest first.
func (s *Server) Customers() []CustomerInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.now()
	var all []CustomerInfo
	for _, c := range between(s.st.customers.rows, 0, now) {
		i := CustomerInfo{
			ID: c.id, Email: c.profile.at(now).email, DefaultCard: c.defaultCard(now),
			Deletable: c.deletable, Cards: []string{},
		}
		for _, k := range c.cardsAt(now) {
			i.Cards = append(i.Cards, k.id)
		}
		all = append(all, i)
	}
	return all
}
