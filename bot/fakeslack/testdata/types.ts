// The types that our answers and payloads are held to: Slack's own, and what
// Slack is known to send although they leave it out.
import type * as bolt from '@slack/bolt';
import type * as types from '@slack/types';
import type * as api from '@slack/web-api';

// Slack's types for answers have enumerations, which JSON has not.
export type Answer<T> = 0 extends 1 & T ? T
  : T extends string ? `${T}`
  : T extends (infer Item)[] ? Answer<Item>[]
  : T extends object ? { [Name in keyof T]: Answer<T[Name]> }
  : T;

type Changed<T, More> = Omit<T, keyof More> & More;
type Username = { user: { id: string; name: string; team_id?: string; username?: string } };

export type SlashCommand = bolt.SlashCommand;
export type GlobalShortcut = bolt.GlobalShortcut;
export type MessageShortcut = bolt.MessageShortcut;
export type BlockSuggestion = Changed<Required<Pick<bolt.BlockSuggestion, 'type' | 'block_id' | 'action_id' | 'value' | 'api_app_id'
  | 'team' | 'token' | 'container'>> & Pick<bolt.BlockSuggestion, 'view' | 'channel' | 'is_enterprise_install'>, Username>;
export type ViewSubmitAction = Changed<bolt.ViewSubmitAction, Username>;
export type ViewClosedAction = Changed<bolt.ViewClosedAction, Username>;

// Only messages have a response_url; the style of a button is sent with it.
type Styled = bolt.BlockElementAction & { style?: 'primary' | 'danger' };
export type BlockAction = bolt.BlockAction<Styled> | Changed<bolt.BlockAction<Styled>, { response_url?: undefined; view: bolt.ViewOutput }>;

// An event's envelope is open in Slack's types, for app's own use; here it is not.
type Envelope<Event> = {
  [Name in keyof bolt.EnvelopedEvent as string extends Name ? never : number extends Name ? never : Name]: bolt.EnvelopedEvent[Name]
} & { event: Event; event_context: string };

// The messages of events are those of the history, of which the events' types
// know a part.
type Message = NonNullable<Answer<api.ConversationsHistoryResponse>['messages']>[number];
type Changes = { message: Message; previous_message: Message };

export type TeamJoinEvent = Envelope<types.TeamJoinEvent>;
export type UserChangeEvent = Envelope<types.UserChangeEvent>;
export type AppHomeOpenedEvent = Envelope<Changed<types.AppHomeOpenedEvent, { view?: bolt.ViewOutput }>>;
export type GenericMessageEvent = Envelope<Message & Omit<types.GenericMessageEvent, keyof Message | 'subtype'>>;
export type MessageChangedEvent = Envelope<Changed<types.MessageChangedEvent, Changes>>;
export type MessageDeletedEvent = Envelope<Changed<types.MessageDeletedEvent, Omit<Changes, 'message'>>>;
export type FileShareEvent = Envelope<Message & Omit<types.FileShareMessageEvent, keyof Message | 'subtype'> & { subtype: 'file_share' }>;
