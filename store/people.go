package store

import (
	"countersign/workflows"
)

const selectPerson = `SELECT p.id, p.kind, coalesce(e.value, ''), coalesce(n.value, ''), coalesce(c.value, ''), coalesce(a.value, ''), coalesce(o.value, ''),
	p.manager_id, p.role_id, p.stage, p.terms, p.starts_on, p.ends_on, p.outside, p.active, p.hold, p.version
	FROM people p
	LEFT JOIN pii e ON e.commitment = p.email
	LEFT JOIN pii n ON n.commitment = p.name
	LEFT JOIN pii c ON c.commitment = p.chat_id
	LEFT JOIN pii a ON a.commitment = p.account_id
	LEFT JOIN pii o ON o.commitment = p.other_chat `

// Who is looked for by something personal, an active person first.
const (
	personByChatText    = selectPerson + `WHERE c.field = 'chat_id' AND c.value = $1 ORDER BY p.active DESC, p.id LIMIT 1`
	personByAccountText = selectPerson + `WHERE a.field = 'account_id' AND a.value = $1 ORDER BY p.active DESC, p.id LIMIT 1`
	personByEmailText   = selectPerson + `WHERE e.field = 'email' AND e.value = $1 ORDER BY p.active DESC, p.id LIMIT 1`
)

func scanPerson(r scanner) (p workflows.Person, err error) {
	var active int64
	err = r.Scan(&p.ID, &p.Kind, &p.Email, &p.Name, &p.ChatID, &p.AccountID, &p.OtherChat, &p.ManagerID, &p.RoleID, &p.Stage, &p.Terms, &p.StartsOn, &p.EndsOn, &p.Outside, &active, &p.Hold, &p.Version)
	p.Active = active == 1
	return p, err
}

// Person returns the person with this id.
func (t *tx) Person(id string) (workflows.Person, error) {
	p, err := one(rows(t.q, scanPerson, selectPerson+`WHERE p.id = $1`, id))
	return p, missing(err, "person", id)
}

// PersonByChat returns the person bound to an id of the chat system.
func (t *tx) PersonByChat(chatID string) (workflows.Person, error) {
	p, err := one(rows(t.q, scanPerson, personByChatText, chatID))
	return p, missing(err, "person", chatID)
}

// PersonByAccount returns the person with an account of the company directory.
func (t *tx) PersonByAccount(accountID string) (workflows.Person, error) {
	p, err := one(rows(t.q, scanPerson, personByAccountText, accountID))
	return p, missing(err, "person", accountID)
}

// PersonByEmail returns the person with this address, an active one first.
func (t *tx) PersonByEmail(email string) (workflows.Person, error) {
	p, err := one(rows(t.q, scanPerson, personByEmailText, email))
	return p, missing(err, "person", email)
}

// People returns everybody, in order of id.
func (t *tx) People() ([]workflows.Person, error) {
	return rows(t.q, scanPerson, selectPerson+`ORDER BY p.id`)
}

// PutPerson stores a person.
func (t *tx) PutPerson(p *workflows.Person) error {
	c, err := t.commits(p.ID, map[string]string{"email": p.Email, "name": p.Name, "chat_id": p.ChatID, "account_id": p.AccountID, "other_chat": p.OtherChat})
	if err != nil {
		return err
	}
	return t.put("people", p.ID, &p.Version,
		[]string{"kind", "email", "name", "chat_id", "account_id", "other_chat", "manager_id", "role_id", "stage", "terms", "starts_on", "ends_on", "outside", "active", "hold"},
		[]any{string(p.Kind), c["email"], c["name"], c["chat_id"], c["account_id"], c["other_chat"], p.ManagerID, p.RoleID,
			string(p.Stage), string(p.Terms), string(p.StartsOn), string(p.EndsOn), p.Outside, flag(p.Active), p.Hold})
}
