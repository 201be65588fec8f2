// Package fakeslack is a Slack workspace in one process: the Web API, Socket
// Mode, and the people who use them. It serves the demo and the tests, keeps
// everything in memory and is as strict as Slack where the product's path goes.
// It speaks Slack's wire format with its own types, so that a wrong encoding on
// the other side is seen.
//
// These are its rules; each has a test of its name. A number in brackets names
// the source, which is listed below.
//
// The Web API:
//
//   - A token is taken from the form and from the header [7]
//   - Wrong tokens are refused with Slack's codes [1]
//   - Every method has its own rate tier [2]
//   - A call beyond its tier is refused with the time to wait [2]
//   - Posts per channel are limited [2]
//   - Users are paged and looked up [1]
//   - The app sees public channels and its own private ones [1]
//   - A direct message is opened once [1]
//
// Messages:
//
//   - Posts are refused where Slack refuses them [1]
//   - Bad blocks and metadata are refused with messages [1]
//   - Metadata is an event with a payload of any form [1]
//   - Metadata beyond its size is refused [1], the size being ours
//   - An update has four thousand characters and a post forty thousand [1]
//   - Blocks that are too long in all are refused [13]
//   - An update with text alone takes the blocks and keeps the metadata [1]
//   - An ephemeral message is seen by one person and by no method [1]
//   - An ephemeral message is gone on reload [1]
//   - An ephemeral message never becomes one for everybody [4]
//   - An ephemeral message is not sent back [4]
//   - A response URL serves five times in thirty minutes [4]
//   - A person's message has links as Slack writes them [14]
//   - A message that somebody changes or deletes comes as an event [8]
//   - A deleted message with replies leaves its thread [8]
//   - A message event needs its scope [8]
//   - A file is uploaded in three steps [1]
//   - Files are refused where Slack refuses them [1]
//   - A message has one table [15]
//
// Blocks, whose rules are data made of Slack's own types in schema/rules.json;
// corrections.go has what we know better. A field that Slack does not know is
// refused, as Slack does with "invalid additional property" [7]:
//
//   - Blocks are refused beyond Slack's limits [3]
//   - Malformed blocks are refused with a pointer [7]
//   - A block has the fields of Slack's types and no others [11]
//   - Each limit of Slack's types is kept [11]
//   - An element lies only where Slack's types let it [11]
//   - Some blocks and elements are for some surfaces only [3]
//   - Fields that go together are refused apart [3]
//
// Views:
//
//   - A trigger opens one view within three seconds [5]
//   - The stack holds three views [5]
//   - An update with a stale hash is refused [1]
//   - External IDs are unique [1]
//   - Modals are refused beyond Slack's limits [3]
//   - The answer to a submission decides what the person sees [5]
//   - A view stays open when the app does not answer [5]
//   - Closing a view tells only an app that asked [5]
//
// What the app gets from us:
//
//   - Answers and payloads are of Slack's types [12]
//
// Socket Mode:
//
//   - A connection gets hello and pings [6]
//   - A ticket opens one connection [6]
//   - The eleventh connection is turned away [6]
//   - Each envelope goes to one of the connections [6]
//   - A late acknowledgement is not taken [4]
//   - An event that is not acknowledged comes three more times [8]
//   - A command without acknowledgement times out and is not sent again [9]
//   - An interaction without acknowledgement is not sent again [9]
//   - An acknowledgement of 20KB is ignored [7]
//   - An acknowledgement in several frames is ignored [7]
//   - A disconnect is announced and closed politely [6]
//   - A connection is refreshed at the end of its life [6]
//   - After link disabled there is no connection until it is enabled [6], the
//     code being our guess
//
// What can be made to go wrong, at the caller's wish:
//
//   - Faults fail a call before or after it took effect
//   - Dropped connections end without a close frame
//   - A lost frame reaches nobody
//   - A delayed frame comes late
//   - A repeated frame has the same envelope ID [10]
//   - A reissued payload has a new envelope ID [10]
//   - A malformed frame is no JSON
//   - A frame may be the last of its connection
//   - A connection may be closed on arrival
//   - Ghosts take their share of the envelopes [9]
//   - A raw frame is written as it is
//
// Sources:
//
//  1. https://docs.slack.dev/reference/methods, each method's page
//  2. https://docs.slack.dev/apis/web-api/rate-limits
//  3. https://docs.slack.dev/reference/block-kit
//  4. https://docs.slack.dev/interactivity/handling-user-interaction
//  5. https://docs.slack.dev/surfaces/modals
//  6. https://docs.slack.dev/apis/events-api/using-socket-mode
//  7. what slack-go and @slack/bolt send and Slack was seen to answer, as
//     https://github.com/slack-go/slack notes in its comments
//  8. https://docs.slack.dev/apis/events-api
//  9. https://github.com/slackapi/python-slack-sdk/issues/1940
//  10. https://github.com/slackapi/bolt-js/issues/2487
//  11. https://www.npmjs.com/package/@slack/types, 3.2.0
//  12. https://www.npmjs.com/package/@slack/web-api, 8.2.0, and @slack/bolt
//  13. https://github.com/slackapi/bolt-js/issues/2509 and 2867
//  14. https://docs.slack.dev/messaging/formatting-message-text
//  15. https://github.com/vercel/chat/pull/194 and
//     https://github.com/NousResearch/hermes-agent/pull/56102
package fakeslack
