package googleworkspace

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	admin "google.golang.org/api/admin/directory/v1"

	"countersign/provisioners"
)

// FirstPassword gives an account that nobody has signed in to a password, to be
// changed at the first sign-in, and returns it. An account that is in use,
// suspended, archived or an administrator's is a *provisioners.Permanent. Where
// the answer of Google is lost nothing is returned: asked again, it gives another
// one.
func (a *Accounts) FirstPassword(ctx context.Context, person provisioners.Person) (string, error) {
	p, err := a.w.party(ctx, person)
	if err != nil {
		return "", err
	}
	if p, err = a.w.again(ctx, person, p); err != nil {
		return "", err
	}
	if err := a.maySetFirst(person, p); err != nil {
		return "", err
	}
	password := readable()
	err = a.w.run(ctx, call{
		what:     "set a first password of " + p.user.PrimaryEmail,
		scope:    admin.AdminDirectoryUserScope,
		expected: true,
		do: func(ctx context.Context) error {
			_, err := a.w.directoryFor(admin.AdminDirectoryUserScope).Users.Update(p.key, &admin.User{
				Password: password, ChangePasswordAtNextLogin: true,
			}).Context(ctx).Do()
			return err
		},
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

func (a *Accounts) maySetFirst(person provisioners.Person, p party) error {
	switch {
	case p.user == nil:
		return goneAccount(p)
	case person.AccountID == "" && !strings.EqualFold(p.user.PrimaryEmail, person.Email):
		return taken(person.Email, "a further address of the account "+p.user.PrimaryEmail)
	case signedIn(p.user):
		return &provisioners.Permanent{
			Reason: "Somebody has signed in to " + p.user.PrimaryEmail + " already, so that it has no first password any more",
			Next:   "Have an administrator reset the password in the Admin console where it was forgotten.",
			Err:    provisioners.ErrSignedIn,
		}
	case p.user.IsAdmin, p.user.IsDelegatedAdmin, p.isUser(a.w.config.AdminSubject):
		return refuse("The account "+p.user.PrimaryEmail+" is an administrator's", "Set its password in the Admin console.")
	}
	return closed(p.user)
}

// signedIn tells whether anybody ever was in the account. Google writes 1970 for
// never.
func signedIn(u *admin.User) bool {
	if u.AgreedToTerms { // which is asked at the first sign-in
		return true
	}
	return lastSignIn(u).Year() > 1970
}

// lastSignIn is the zero time where Google names none.
func lastSignIn(u *admin.User) time.Time {
	at, err := time.Parse(time.RFC3339, u.LastLoginTime)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// The letters and digits of a first password, without those that look alike.
const (
	lowerLetters = "abcdefghjkmnpqrstuvwxyz"
	upperLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	digits       = "23456789"
	letters      = lowerLetters + upperLetters + digits
)

// readable returns sixteen random letters and digits in groups of four: 92 bits.
// It has some of each kind, which a company may ask for.
func readable() string {
	for {
		var b strings.Builder
		for i := range 16 {
			if i > 0 && i%4 == 0 {
				b.WriteByte('-')
			}
			b.WriteByte(letter())
		}
		text := b.String()
		if strings.ContainsAny(text, lowerLetters) && strings.ContainsAny(text, upperLetters) && strings.ContainsAny(text, digits) {
			return text
		}
	}
}

// letter takes each with the same chance: what is left over of a byte's range is
// drawn again.
func letter() byte {
	var b [1]byte
	for {
		rand.Read(b[:]) // which never fails
		if int(b[0]) < 256/len(letters)*len(letters) {
			return letters[int(b[0])%len(letters)]
		}
	}
}
