/**
 * What the clients of the sample service send, byte for byte (docs/protocol/trusted-application-api.md §5.7), with ids and
 * hosts of our own. Every one of them calls `<base URL>/GetAnonTokenJob` or its neighbour; the base URL is now `…/api`.
 */

/** The meeting that they all join. */
export const meeting = 'https://meet.lync.example/contoso/testuser/1SD8D0WZ';
export const page = 'https://www.contoso.example';

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/56.0.2924.87 Safari/537.36';
const form = 'Content-Type: application/x-www-form-urlencoded';

/** `Content-Length: *` takes the body's. */
function post(path: string, headers: readonly string[], body: string): string {
  const lines = headers.map((line) => line.replace('*', line.startsWith('Content-Length') ? String(body.length) : '*'));
  return [`POST /api/${path} HTTP/1.1`, ...lines, '', body].join('\r\n');
}

function jQueryPost(path: string, body: string): string {
  const headers = [
    'Host: join.contoso.example',
    'Connection: keep-alive',
    'Content-Length: *',
    'Accept: text/plain, */*; q=0.01',
    `Origin: ${page}`,
    `User-Agent: ${chrome}`,
    `${form}; charset=UTF-8`,
    `Referer: ${page}/advice/index.html?topic=home%20loan`,
    'Accept-Encoding: gzip, deflate, br',
    'Accept-Language: en-US,en;q=0.8',
  ];
  return post(path, headers, body);
}

const encodedPage =
  'https%3A%2F%2Fwww.contoso.example%2Fadvice%2Findex.html%3Ftopic%3Dhome%2520loan%26lang%3Den%23join';
const encodedMeeting = 'https%3A%2F%2Fmeet.lync.example%2Fcontoso%2Ftestuser%2F1SD8D0WZ';

/** The page as it was last, with a meeting link. */
export const webPage = (session: string, joinUrl = meeting): string =>
  jQueryPost(
    'GetAnonTokenJob',
    `ApplicationSessionId=${session}&AllowedOrigins=${encodedPage}&MeetingUrl=${encodeURIComponent(joinUrl)}`,
  );

/** Its chat button, which wants a token without a meeting. */
export const webPageChat = (session: string): string =>
  jQueryPost('GetAnonTokenJob', `ApplicationSessionId=${session}&AllowedOrigins=${encodedPage}`);

/** Its button for an ad-hoc meeting. */
export const webPageAdhoc = jQueryPost(
  'GetAdhocMeetingJob',
  'Subject=adhocMeeting&Description=adhocMeeting&AccessLevel=',
);

/** The page of 2016: other letter case, no meeting yet. */
export const webPage2016 = (session: string): string =>
  jQueryPost('GetAnonTokenJob', `applicationSessionId=${session}&allowedOrigins=${encodedPage}`);

/** The same letter case in a page that has learnt of meetings. */
export const webPage2016WithMeeting = (session: string): string =>
  jQueryPost(
    'GetAnonTokenJob',
    `applicationSessionId=${session}&allowedOrigins=${encodedPage}&meetingUrl=${encodedMeeting}`,
  );

/** The page of February 2017 sent JSON, so its browser asked first. */
export const preflightOf2017 = (path: string): string =>
  [
    `OPTIONS /api/${path} HTTP/1.1`,
    'Host: join.contoso.example',
    'Connection: keep-alive',
    'Access-Control-Request-Method: POST',
    `Origin: ${page}`,
    `User-Agent: ${chrome}`,
    'Access-Control-Request-Headers: content-type',
    'Accept: */*',
    `Referer: ${page}/index.html`,
    'Accept-Encoding: gzip, deflate, sdch, br',
    'Accept-Language: en-US,en;q=0.8',
    '',
    '',
  ].join('\r\n');

function jsonPost2017(path: string, body: string): string {
  const headers = [
    'Host: join.contoso.example',
    'Connection: keep-alive',
    'Content-Length: *',
    'Accept: text/plain, */*; q=0.01',
    `Origin: ${page}`,
    `User-Agent: ${chrome}`,
    'Content-Type: application/json',
    `Referer: ${page}/index.html`,
    'Accept-Encoding: gzip, deflate, br',
    'Accept-Language: en-US,en;q=0.8',
  ];
  return post(path, headers, body);
}

export const json2017 = (session: string): string =>
  jsonPost2017(
    'GetAnonTokenJob',
    `{"ApplicationSessionId":"${session}","AllowedOrigins":"${page}/index.html","MeetingUrl":"${meeting}"}`,
  );

export const adhocJson2017 = jsonPost2017(
  'GetAdhocMeetingJob',
  '{"Subject":"adhocMeeting","Description":"adhocMeeting","AccessLevel":"Everyone","EntryExitAnnouncement":false,"AutomaticLeaderAssignment":false,"PhoneUserAdmission":false,"LobbyBypassForPhoneUsers":false}',
);

/** The Web SDK's sample: another letter case of the path, and `status === 200`. */
export const webSdk = (session: string): string =>
  jQueryPost(
    'getAnonTokenJob',
    `ApplicationSessionId=${session}&AllowedOrigins=${encodedPage}&MeetingUrl=${encodedMeeting}`,
  );

/** Android: the meeting's URL is not encoded, and what comes back compressed stays so. */
export const android = (session: string): string =>
  post(
    'GetAnonTokenJob',
    [
      form,
      'Content-Length: *',
      'Host: join.contoso.example',
      'Connection: Keep-Alive',
      'Accept-Encoding: gzip, deflate',
      'User-Agent: okhttp/3.2.0',
    ],
    `ApplicationSessionId=${session}&AllowedOrigins=https%3A%2F%2Fwww.contoso.example%2F&MeetingUrl=${meeting}`,
  );

/** iOS: the same session for everybody, a page that is on no server, and lower-case escapes. */
export const ios = post(
  'GetAnonTokenJob',
  [
    'Host: join.contoso.example',
    form,
    'Connection: keep-alive',
    'Accept: */*',
    'User-Agent: BankingAppSwift/1 CFNetwork/808.2.16 Darwin/16.3.0',
    'Content-Length: *',
    'Accept-Language: en-us',
    'Accept-Encoding: gzip, deflate',
  ],
  `ApplicationSessionId=AnonMeeting&AllowedOrigins=http%3a%2f%2flocalhost%2f&MeetingUrl=${meeting}`,
);
