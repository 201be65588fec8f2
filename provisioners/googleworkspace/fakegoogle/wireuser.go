package fakegoogle

import "strings"

type wireUser struct {
	Kind         string         `json:"kind"`
	ID           string         `json:"id"`
	Etag         string         `json:"etag"`
	PrimaryEmail string         `json:"primaryEmail"`
	Name         wireName       `json:"name"`
	IsAdmin      bool           `json:"isAdmin"`
	IsDelegated  bool           `json:"isDelegatedAdmin"`
	LastLogin    string         `json:"lastLoginTime"`
	Created      string         `json:"creationTime"`
	DeletionTime string         `json:"deletionTime,omitempty"`
	Agreed       bool           `json:"agreedToTerms"`
	Suspended    bool           `json:"suspended"`
	Suspension   string         `json:"suspensionReason,omitempty"`
	Archived     bool           `json:"archived"`
	MustReset    bool           `json:"changePasswordAtNextLogin"`
	Emails       []wireAddress  `json:"emails"`
	Aliases      []string       `json:"aliases,omitempty"`
	ExternalIDs  []ExternalID   `json:"externalIds,omitempty"`
	Relations    []wireRelation `json:"relations,omitempty"`
	Organization []Organization `json:"organizations,omitempty"`
	CustomerID   string         `json:"customerId"`
	OrgUnitPath  string         `json:"orgUnitPath"`
	MailboxSetup bool           `json:"isMailboxSetup"`
	Enrolled     bool           `json:"isEnrolledIn2Sv"`
	Enforced     bool           `json:"isEnforcedIn2Sv"`
	Listed       bool           `json:"includeInGlobalAddressList"`

	RecoveryEmail string `json:"recoveryEmail,omitempty"`
	RecoveryPhone string `json:"recoveryPhone,omitempty"`
}

type wireName struct {
	Given  string `json:"givenName"`
	Family string `json:"familyName"`
	Full   string `json:"fullName"`
}

type wireAddress struct {
	Address string `json:"address"`
	Primary bool   `json:"primary,omitempty"`
}

// wireUser is an account as the Directory API tells it. What it does not say of
// itself, such as the password, is not among it.
func (s *Server) wireUser(u *user) wireUser {
	out := wireUser{
		Kind: "admin#directory#user", ID: u.ID, Etag: u.etag, PrimaryEmail: u.Email,
		Name:    wireName{u.GivenName, u.FamilyName, strings.TrimSpace(u.GivenName + " " + u.FamilyName)},
		IsAdmin: u.Admin, IsDelegated: s.delegatedAdminLocked(u),
		LastLogin: timestamp(u.access.lastIn), Created: timestamp(u.createdAt), Agreed: u.access.agreed,
		Suspended: u.Suspended, Archived: u.Archived, MustReset: u.password.MustChange,
		Emails: []wireAddress{{u.Email, true}}, Aliases: u.Aliases,
		ExternalIDs: u.ExternalIDs, Relations: u.relations, Organization: u.Organizations,
		CustomerID: s.options.CustomerID, OrgUnitPath: u.OrgUnit, MailboxSetup: s.hasMailLocked(u),
		Enrolled: u.access.twoStep.Enrolled, Enforced: u.access.twoStep.Enforced, Listed: !u.Unlisted,
		RecoveryEmail: u.RecoveryEmail, RecoveryPhone: u.RecoveryPhone,
	}
	for _, a := range u.Aliases {
		out.Emails = append(out.Emails, wireAddress{Address: a})
	}
	if u.Suspended {
		out.Suspension = "ADMIN"
		if u.SuspendedByGoogle {
			out.Suspension = "ABUSE"
		}
	}
	if !u.deletedAt.IsZero() {
		out.DeletionTime = timestamp(u.deletedAt)
	}
	return out
}

// delegatedAdminLocked tells whether an account has an administrator role of its
// own without being super administrator.
func (s *Server) delegatedAdminLocked(u *user) bool {
	for _, a := range s.roles {
		if a.assignedTo == u.ID && a.roleID != superRole {
			return true
		}
	}
	return false
}
