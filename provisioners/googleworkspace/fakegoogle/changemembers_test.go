package fakegoogle_test

import (
	"testing"

	"countersign/provisioners/googleworkspace/fakegoogle"
)

func TestTheRoleOfAMemberIsChangedInPlace(t *testing.T) {
	s := open(t, fakegoogle.Options{})
	s.AddGroup(fakegoogle.Group{Email: "inner@acme.example"})
	must(t, s.AddMember(devs, ada, ""), s.AddMember(devs, "inner@acme.example", ""), s.AddPending(devs, admin))
	s.refuses(t, []refused{
		{"PATCH", "groups/" + devs + "/members/" + ada, `{"role":"BOSS"}`, 400, "invalid", "role"},
		{"PATCH", "groups/" + devs + "/members/inner@acme.example", `{"role":"OWNER"}`, 400, "invalid", "memberKey"},
		{"PATCH", "groups/" + devs + "/members/" + admin, `{"role":"OWNER"}`, 404, "notFound", "memberKey"},
		{"PATCH", "groups/" + devs + "/members/nobody@acme.example", `{"role":"OWNER"}`, 404, "notFound", "memberKey"},
		{"PATCH", "groups/none@acme.example/members/" + ada, `{"role":"OWNER"}`, 404, "notFound", "groupKey"},
	})
	for range 2 {
		if got := s.do(t, "PATCH", "groups/"+devs+"/members/"+ada, `{"role":"OWNER"}`).at("role"); got != "OWNER" {
			t.Errorf("role %s, want OWNER", got)
		}
	}
	changes := len(s.Log())
	s.do(t, "PATCH", "groups/"+devs+"/members/"+ada, `{}`)
	if len(s.Log()) != changes {
		t.Error("an empty change changed something")
	}
	members, err := s.Members(devs)
	if err != nil || len(members) == 0 || members[0].Role != "OWNER" {
		t.Errorf("members %v, %v, want ada first, as an owner", members, err)
	}
}
