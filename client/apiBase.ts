/** Where the endpoints are, from the base URL that a caller configures. Throws a TypeError for one that a key must not go to. */
export function apiBase(baseUrl: string | URL): string {
  const { protocol, hostname, origin, pathname, username, password, search, hash } = new URL(baseUrl);
  const onThisMachine = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && onThisMachine)) {
    throw new TypeError('baseUrl must be https, save on this machine');
  }
  if (username || password || search || hash) throw new TypeError('baseUrl has an origin and perhaps a path, no more');
  return `${origin}${pathname.replace(/\/+$/, '')}/api`;
}
