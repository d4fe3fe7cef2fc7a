// Makes pages nicer; every journey works without it. Nothing is stored and nothing is sent
// elsewhere. The policy of pages allows no fetch: what must reach the server is a form or an image.
const byId = (id) => document.getElementById(id);

// The card's square holds its code after the "#", which browsers never send: it goes in the field
// and out of the address.
if (byId('card') && location.hash.length > 1) {
  const field = byId('code');
  try {
    field.value = decodeURIComponent(location.hash.slice(1));
  } catch (wrong) {
    field.value = '';
  }
  history.replaceState(null, '', location.pathname);
  byId(field.value ? 'pin' : 'code').focus();
}

// Leaving fast: three times Shift does what the button does. The page is hidden before anything is
// sent, because the network may be slow and someone may be looking.
const exit = byId('exit');
if (exit) {
  const hide = () => {
    document.documentElement.hidden = true;
    document.title = '';
  };
  let times = 0;
  let forget;
  addEventListener('keydown', (event) => {
    if (event.repeat) return;
    clearTimeout(forget);
    times = event.key === 'Shift' ? times + 1 : 0;
    forget = setTimeout(() => { times = 0; }, 3000);
    if (times === 3) {
      hide();
      exit.submit();
    }
  });
  exit.addEventListener('submit', () => { setTimeout(hide, 0); });
}

// A session about to end says so two minutes before; once ended, nothing stays on the screen.
const warning = byId('warning');
if (warning) {
  const idle = Number(warning.dataset.idle);
  let timers = [];
  const wait = () => {
    timers.forEach(clearTimeout);
    warning.hidden = true;
    timers = [
      setTimeout(() => {
        warning.setAttribute('role', 'alert');
        warning.hidden = false;
      }, Math.max(idle - 120, 1) * 1000),
      setTimeout(() => { location.replace('/'); }, (idle + 1) * 1000),
    ];
  };
  byId('stay').addEventListener('click', () => {
    // The image comes only while the session holds; what is being written stays in place.
    const asked = new Image();
    asked.onload = wait;
    asked.src = '/e/rester?' + Date.now();
  });
  wait();
}

// A page brought back from memory is asked for again: the session may have ended.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

document.querySelectorAll('[data-print]').forEach((button) => {
  button.hidden = false;
  button.addEventListener('click', () => { print(); });
});
