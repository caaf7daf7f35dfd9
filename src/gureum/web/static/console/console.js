// Connects the page to the guest's screen: the address's `path` says where the websocket is, with the token in it.
import RFB from './novnc/core/rfb.js';

const status = document.getElementById('status');
const asked = new URLSearchParams(window.location.search);
const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
const below = window.location.pathname.startsWith('/console/') ? 'console/' : '';
const rfb = new RFB(
  document.getElementById('screen'),
  `${scheme}://${window.location.host}/${below}${asked.get('path') ?? ''}`,
  { shared: true },
);
rfb.scaleViewport = true;
rfb.addEventListener('connect', () => { status.textContent = 'Connected'; });
rfb.addEventListener('desktopname', (event) => { status.textContent = `Connected to ${event.detail.name}`; });
rfb.addEventListener('disconnect', (event) => {
  status.textContent = event.detail.clean ? 'The console was closed.' : 'No connection: the token may have expired. Ask for a new console address.';
});
