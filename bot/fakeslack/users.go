package fakeslack

import (
	"strings"
	"time"
)

func (s *Server) authTestLocked(*call) (object, *apiError) {
	bot := s.userLocked(s.o.BotUserID)
	return object{
		"url": "https://" + s.teamDomain() + ".slack.com/", "team": s.o.TeamName, "team_id": s.o.TeamID,
		"user": bot.Name, "user_id": bot.ID, "bot_id": s.botIDLocked(), "is_enterprise_install": false,
	}, nil
}

// usersListLocked lists Slackbot as well, whose is_bot is false in Slack's own
// answers: an app that takes everyone without is_bot for a person is wrong.
func (s *Server) usersListLocked(c *call) (object, *apiError) {
	all := append([]*User{slackbot(s.o.TeamID)}, s.users...)
	from, to, next, bad := c.page(len(all), 1000, 1000)
	if bad != nil {
		return nil, bad
	}
	members := []any{}
	for _, u := range all[from:to] {
		members = append(members, s.userJSONLocked(u))
	}
	return object{
		"members": members, "cache_ts": s.o.Now().Unix(),
		"response_metadata": object{"next_cursor": next},
	}, nil
}

func slackbot(team string) *User {
	return &User{ID: "USLACKBOT", TeamID: team, Name: "slackbot", RealName: "Slackbot", TZ: "America/Los_Angeles"}
}

func (s *Server) usersInfoLocked(c *call) (object, *apiError) {
	if c.str("user") == "USLACKBOT" {
		return object{"user": s.userJSONLocked(slackbot(s.o.TeamID))}, nil
	}
	u := s.userLocked(c.str("user"))
	if u == nil {
		return nil, fail("user_not_found")
	}
	return object{"user": s.userJSONLocked(u)}, nil
}

// lookupByEmailLocked does not find deactivated people, as in Slack.
func (s *Server) lookupByEmailLocked(c *call) (object, *apiError) {
	email := c.str("email")
	for _, u := range s.users {
		if email != "" && !u.Deleted && !u.Stranger && strings.EqualFold(u.Email, email) {
			return object{"user": s.userJSONLocked(u)}, nil
		}
	}
	return nil, fail("users_not_found")
}

// userJSONLocked is Slack's user object. A deactivated one has lost the fields
// that say what it could do.
func (s *Server) userJSONLocked(u *User) object {
	first, last, _ := strings.Cut(u.RealName, " ")
	profile := object{
		"title": u.Title, "phone": "", "skype": "", "real_name": u.RealName, "real_name_normalized": u.RealName,
		"display_name": u.Name, "display_name_normalized": u.Name, "first_name": first, "last_name": last,
		"status_text": "", "status_text_canonical": "", "status_emoji": "", "status_emoji_display_info": []any{}, "status_expiration": 0,
		"team": u.TeamID, "avatar_hash": "g" + u.ID,
	}
	for _, size := range []string{"24", "32", "48", "72", "192", "512"} {
		profile["image_"+size] = "https://avatars.example/" + u.ID + "_" + size + ".png"
	}
	if u.Email != "" && !u.Stranger && s.hasScope("users:read.email") {
		profile["email"] = u.Email
	}
	o := object{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "deleted": u.Deleted, "profile": profile,
		"is_bot": u.IsBot, "is_app_user": false, "updated": s.o.Now().Unix(),
	}
	if u.IsBot {
		profile["api_app_id"], profile["bot_id"] = s.o.AppID, s.botIDLocked()
	}
	if u.Deleted {
		return o
	}
	zone, offset := zoneOf(u.TZ, s.o.Now())
	o["real_name"], o["color"] = u.RealName, "9f69e7"
	o["tz"], o["tz_label"], o["tz_offset"] = u.TZ, zone, offset
	o["is_admin"], o["is_owner"], o["is_primary_owner"] = false, false, false
	o["is_restricted"], o["is_ultra_restricted"] = u.IsGuest, false
	o["is_email_confirmed"], o["who_can_share_contact_card"] = true, "EVERYONE"
	if u.Stranger {
		o["is_stranger"] = true
	}
	return o
}

// userEventLocked tells the app about a person who is new or has changed. Unlike
// the methods' answers it has the fields of the workspace's own making.
func (s *Server) userEventLocked(kind string, u *User) {
	user := s.userJSONLocked(u)
	sub(user, "profile")["fields"] = object{}
	user["locale"] = "en-US"
	s.eventLocked(object{"type": kind, "user": user, "cache_ts": s.o.Now().Unix(), "event_ts": s.newTSLocked()})
}

func zoneOf(name string, now time.Time) (label string, offset int) {
	loc, err := time.LoadLocation(name)
	if err != nil {
		loc = time.UTC
	}
	return now.In(loc).Zone()
}
