import { problemCatalogue, type Problem, type ProblemCode } from '../problem.ts';
import { page } from './document.ts';
import { html, type Markup } from './html.ts';
import { badge } from './wording.ts';

/** What is wrong and what to do, where the problem's own words are meant for programs. */
const wordings: Partial<Record<ProblemCode, { title: string; action: string }>> = {
  'storage-unavailable': {
    title: 'The checks cannot be read',
    action: "See to the storage account, its network rules and its tables, and to the role of the app's identity.",
  },
  'caller-unauthenticated': {
    title: 'You are not signed in',
    action: 'Sign in with an account of the organisation that runs this service.',
  },
};

/** Endpoints of App Service authentication itself; both lead back here. */
const signIn = html`<p><a href="/.auth/login/aad?post_login_redirect_uri=/api/status">Sign in</a></p>`;
const signOut = html`<p><a href="/.auth/logout?post_logout_redirect_uri=/api/status">Sign out</a></p>`;

/** The page that says why the status page cannot be shown, and what to do. @param invocationId finds the request in the log */
export function refusalPage(problem: Problem, invocationId: string): string {
  const { code, status } = problem;
  // A service whose status cannot be read fails.
  const isFailure = status >= 500;
  const { title, action } = wordings[code] ?? { title: problemCatalogue[code].title, action: problem.message };
  return page(
    isFailure ? 'fail' : title,
    html`<h1>Anonymous Join ${isFailure && badge('fail')}</h1>
      <p><strong>${title}.</strong> ${action}</p>
      ${linkFor(code)} ${isFailure && html`<p class="quiet">In the log: ${invocationId}</p>`}`,
  );
}

function linkFor(code: ProblemCode): Markup | undefined {
  if (code === 'caller-unauthenticated') return signIn;
  return code === 'caller-not-allowed' ? signOut : undefined;
}
