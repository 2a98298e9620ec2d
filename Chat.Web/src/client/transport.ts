import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import type { ChatClientEvents } from './contract';

export type HubEvent = { [K in keyof ChatClientEvents]: { name: K; payload: Parameters<ChatClientEvents[K]>[0] } }[keyof ChatClientEvents];

/** One connection to the hub, from its start to its end; a new one is made for every attempt. */
export interface HubTransport {
  /** Set before `start`. */
  onEvent: (event: HubEvent) => void;
  /** Set before `start`. Called once when a started connection ended, also after `stop`. */
  onClose: () => void;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Calls made one after another reach the server in that order, also when they are not awaited. */
  invoke(method: string, request: unknown): Promise<unknown>;
}

export type HubTransportFactory = (accessToken: string) => HubTransport;

// Listed as a table so that the compiler complains when the contract gains an event.
const eventNames: Record<keyof ChatClientEvents, true> = {
  ChatRemoved: true,
  ChatUpdated: true,
  MessageChanged: true,
  JoinRequestAnswered: true,
  JoinRequested: true,
  MessagePosted: true,
  MessagesHidden: true,
  NotificationRaised: true,
  PresenceChanged: true,
  ReceiptsAdvanced: true,
  ReconnectRequired: true,
  ResyncRequired: true,
  TypingChanged: true,
  SettingsChanged: true,
  ChatSettingsChanged: true,
  ScheduledChanged: true,
};

/** SignalR over WebSockets, without the negotiation round trip. `url` may be relative to the page. */
export function signalRTransport(url = '/hub/chat'): HubTransportFactory {
  return (accessToken) => {
    const connection = new HubConnectionBuilder()
      .withUrl(url, {
        transport: HttpTransportType.WebSockets,
        skipNegotiation: true,
        accessTokenFactory: () => accessToken,
      })
      // Failed attempts are expected while offline; the connection state tells of them.
      .configureLogging(LogLevel.None)
      .build();
    const transport: HubTransport = {
      onEvent: () => {},
      onClose: () => {},
      start: () => connection.start(),
      stop: () => connection.stop(),
      invoke: (method, request) => connection.invoke(method, request),
    };
    for (const name of Object.keys(eventNames) as (keyof ChatClientEvents)[]) {
      connection.on(name, (payload: never) => transport.onEvent({ name, payload }));
    }
    connection.onclose(() => transport.onClose());
    return transport;
  };
}
