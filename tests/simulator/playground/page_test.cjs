// SPDX-License-Identifier: BSL-1.0
// The playground in a real browser: every situation is judged as snapsim judges it, keys, links and
// forks do what they say, and nothing complains.
//
// usage: page_test.cjs PAGE.html SNAPSIM FOLDER-FOR-SCREENSHOTS
const { chromium } = require('playwright-core');
const { execFileSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const [page_file, snapsim, shots] = process.argv.slice(2).map((one) => path.resolve(one));
const bytes_max = 1024 * 1024;
const first_paint_ms_max = 1000;
const address = 'file://' + page_file;
let checks = 0;
let failed = 0;

const check = (right, what) => {
  checks += 1;
  if (!right) {
    failed += 1;
    console.log(`FAILED: ${what}`);
  }
};

/** What snapsim prints of a run, and its status. */
const native = (words) => {
  const quietly = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  try {
    return { text: execFileSync(snapsim, ['run', ...words], quietly), status: 0 };
  } catch (ended) {
    return { text: ended.stdout, status: ended.status };
  }
};

const same = (run, words, what) => {
  const told = native(words);
  check(
    told.text.includes(run.text),
    `${what}: the verdict is not that of snapsim ${words.join(' ')}`,
  );
  check(told.text.includes(`trace hash: ${run.hash}\n`), `${what}: another trace hash`);
  check((told.status === 0) === run.verdict.fine, `${what}: another status`);
};

const main = async () => {
  fs.mkdirSync(shots, { recursive: true });
  const bytes = fs.statSync(page_file).size;
  check(bytes <= bytes_max, `the page has ${bytes} bytes, and may have ${bytes_max}`);

  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const complaints = [];
  const open = async (options, hash = '') => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on('console', (said) => {
      if (['error', 'warning'].includes(said.type())) complaints.push(said.text());
    });
    page.on('pageerror', (wrong) => complaints.push(String(wrong)));
    page.on('request', (asked) => {
      if (!/^(file|data|blob):/.test(asked.url())) complaints.push(`asks for ${asked.url()}`);
    });
    await page.goto(address + hash);
    await page.waitForSelector('html[data-ready]', { timeout: 120000 });
    return page;
  };
  const visit = async (page, hash) => {
    await page.goto('about:blank');
    await page.goto(address + hash);
    await page.waitForSelector('html[data-ready]');
  };
  const run_of = (page) => page.evaluate(() => window.playground.state.run);
  const choice_of = (page) => page.evaluate(() => window.playground.state.choice);
  const step = async () => (await choice_of(page)).step;
  const wide = { viewport: { width: 1440, height: 1000 } };

  // ---- size and time ----
  const page = await open(wide);
  const times = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    ready: performance.now(),
  }));
  check(times.paint <= first_paint_ms_max, `first paint after ${times.paint} ms`);

  // ---- each situation, by its key ----
  const names = await page.$$eval('[data-run]', (all) =>
    all.map((one) => [one.dataset.run, one.querySelector('kbd').textContent]),
  );
  check(names.length >= 12, `${names.length} situations`);
  check(
    new Set(names.map(([, key]) => key)).size === names.length && names.every(([, key]) => key),
    'a key for each',
  );
  let slowest = ['', 0];
  for (const [name, key] of names) {
    const began = Date.now();
    await page.keyboard.press(key);
    const run = await run_of(page);
    if (Date.now() - began > slowest[1]) slowest = [name, Date.now() - began];
    check(run.name === name, `key ${key} plays ${run.name}, not ${name}`);
    same(run, [name], name);
    check(
      (await page.textContent('#judged').then((text) => text === 'Every property held.')) ===
        run.verdict.held,
      `${name}: what is shown is not the verdict`,
    );
  }

  // ---- other seeds and settings ----
  for (const [name, words] of [
    ['01-crash-copy-tears-the-database', { seed: 7 }],
    ['03-filesystem-freeze-alone', { seed: 123456789 }],
    ['08-stale-reply-believed', { 'host.kind': 'reference' }],
    ['04-application-quiesce', { seed: 3, faulty: 'agent-lets-go', 'provider.cut_ms': 700 }],
    ['90-swarm', { seed: 47 }],
    ['90-swarm', { seed: 11 }],
  ]) {
    const hash = '#' + new URLSearchParams({ run: name, ...words });
    await visit(page, hash);
    const { seed = 1, ...set } = words;
    const given = Object.entries(set).flatMap(([option, value]) => ['--set', `${option}=${value}`]);
    same(
      await run_of(page),
      [name, '--seed', String(seed), ...given],
      `${name} with ${JSON.stringify(words)}`,
    );
  }

  // ---- each situation in each dialect, by the switch ----
  /** What the page says a shell would play. */
  const shown_words = async () => (await page.textContent('#command')).split(' ').slice(2);
  /** What is shown fits the dialect: its words, its states, and the command line. */
  const fits = async (dialect, windows, what) => {
    const run = await run_of(page);
    check(run.dialect === dialect && run.windows === windows, `${what}: it is played otherwise`);
    const meaning = await page.textContent('#dialect-meaning');
    check(meaning.startsWith(`${dialect}: `), `${what}: it is explained by ${meaning}`);
    const messages = await page.$$eval('.message', (all) => all.map((one) => one.textContent));
    const raw = messages.filter((one) => /undefined|<[0-9A-F]{2}>|"execute"/.test(one));
    check(raw.length === 0, `${what}: messages as they are on the wire: ${raw[0]}`);
    const unknown = await page.evaluate(() => {
      const { machines } = JSON.parse(document.getElementById('data').textContent);
      const known = Object.values(machines).flatMap((one) => one.states);
      return window.playground.state.run.steps.filter(
        ({ state }) => state && !known.some((one) => state.toUpperCase().startsWith(one)),
      ).length;
    });
    check(unknown === 0, `${what}: ${unknown} changes of state lead out of the diagrams`);
    same(run, await shown_words(), what);
  };
  /** The scenario that the page gives as a file is what it shows. */
  const same_as_file = async (what) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'playground-'));
    const file = path.join(folder, 'scenario.json');
    const given = await page.getAttribute('#download', 'href');
    fs.writeFileSync(file, decodeURIComponent(given.replace('data:application/json,', '')));
    same(await run_of(page), [file], what);
    fs.rmSync(folder, { recursive: true });
  };
  let others = 0;
  for (const [name] of names) {
    await visit(page, `#run=${name}`);
    const own = await run_of(page);
    for (const { dialect, windows, why } of own.ways) {
      if (dialect === own.dialect || windows !== own.windows) continue;
      const what = `${name} in ${dialect}`;
      const radio = page.locator(`#dialects input[value=${dialect}]`);
      if (why) {
        check(await radio.isDisabled(), `${what}: it can be chosen`);
        const said = await page.textContent('#dialect-not');
        check(said.includes(dialect) && said.includes(why.split(': ')[1]), `${what}: ${said}`);
        check(native([name, '--set', `dialect=${dialect}`]).status === 2, `${what}: snapsim can`);
      } else {
        await radio.check();
        await fits(dialect, windows, what);
        others += 1;
      }
    }
  }
  check(others > 60, `${others} situations in another dialect`);

  // ---- the switch: by keys, for a screen reader, in the address, and what it refuses ----
  const frozen_step = (run) =>
    run.steps.findIndex((one) => one.who === 'agent' && one.state === 'frozen');
  const role = (kind, name) => page.getByRole(kind, { name, exact: true });
  await visit(page, '#run=04-application-quiesce');
  await visit(page, `#run=04-application-quiesce&step=${frozen_step(await run_of(page))}`);
  check((await role('group', 'Dialect').count()) === 1, 'the switch has a name');
  await role('radio', 'qga').focus();
  await page.keyboard.press('ArrowRight');
  check(await role('radio', 'native').isChecked(), 'an arrow key chooses the next dialect');
  await fits('native', false, 'by an arrow key');
  check((await step()) === frozen_step(await run_of(page)), 'the step is that of the freeze still');
  check((await page.textContent('#agent .node.on text')) === 'FROZEN', 'and the diagram says so');
  await role('checkbox', 'Windows guest').focus();
  await page.keyboard.press('Space');
  await fits('native', true, 'with a Windows guest');
  check(
    (await page.textContent('#command')) ===
      'snapsim run 04-application-quiesce --seed 1 --set dialect=native --set agent.windows=true',
    'the command line says so',
  );
  check((await page.textContent('#timeline .head')).includes('vss'), 'VSS has a column');
  const linked = await open(wide, new URL(page.url()).hash);
  check((await run_of(linked)).hash === (await run_of(page)).hash, 'the address restores it');
  check((await choice_of(linked)).step === (await step()), 'and its step');
  check(await linked.isChecked('#dialects input[value=native]'), 'and the switch');
  await linked.context().close();
  await page.keyboard.press('Space');
  await role('radio', 'qga').check();
  check(
    (await page.textContent('#command')) === 'snapsim run 04-application-quiesce --seed 1',
    'the way back leaves no trace',
  );

  await role('radio', 'hyperv').check();
  check(
    (await page.textContent('#dialect-meaning')).includes('contents: expected whole, got torn'),
    'what comes out otherwise is said',
  );
  await page.click('#fork summary');
  await page.selectOption('#fork-what', 'channel_duplicates');
  check(
    (await page.textContent('#fork-meaning')).includes('each message once and in order'),
    'why a fault cannot happen in a dialect is said',
  );
  check(await page.isDisabled('#fork-form button'), 'and it cannot be added');
  await page.selectOption('#fork-what', 'channel_loses');
  await page.click('#fork-form button');
  check((await run_of(page)).begun[0], 'another can, and begins');
  await same_as_file('a fork in hyperv');
  await page.selectOption('#faulty', 'agent-lets-go');
  check(
    (await page.textContent('#problem')).includes('lines of QGA') &&
      (await page.inputValue('#faulty')) === 'none',
    'a faulty agent of lines is refused, and not shown as chosen',
  );
  await visit(page, '#run=28-restarted-by-its-supervisor&dialect=hyperv');
  check(
    (await page.textContent('#faults')).includes('it does not begin here'),
    'a fault that never begins is said to',
  );
  await visit(page, '#run=08-stale-reply-believed&dialect=native');
  check(
    (await page.textContent('#problem')).includes('lines of QGA alone') &&
      (await run_of(page)).name === '08-stale-reply-believed',
    'an address that cannot be played says why, and shows the situation as it is',
  );

  // ---- steps, by keys and by buttons ----
  await visit(page, '#run=04-application-quiesce');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.click('[data-do=back]');
  check((await step()) === 1, 'two steps on and one back');
  await page.keyboard.press('End');
  const last = (await run_of(page)).steps.length - 1;
  check((await step()) === last, 'End goes to the last step');
  await page.keyboard.press('Home');
  await page.selectOption('#speed', '120');
  await page.click('#title'); // a select has keys of its own
  await page.keyboard.press('Space');
  await page.waitForTimeout(1000);
  await page.keyboard.press('Space');
  const reached = await step();
  check(reached > 1, 'the space bar plays');
  await page.waitForTimeout(300);
  check((await step()) === reached, 'and pauses');

  // ---- frozen: the diagram, the disk and the sentence agree ----
  const frozen = (await run_of(page)).steps.findIndex(
    (one) => one.what === 'state' && one.who === 'agent' && one.state === 'frozen',
  );
  await visit(page, `#run=04-application-quiesce&step=${frozen}`);
  check((await page.textContent('#agent .node.on text')) === 'FROZEN', 'the diagram says FROZEN');
  check((await page.textContent('#disk-text')).startsWith('Frozen.'), 'the disk is frozen');
  check((await page.textContent('#now')).includes('is now FROZEN'), 'the step says so');
  check((await page.getAttribute('#now', 'aria-live')) === 'polite', 'and it is read out');
  await page.screenshot({ path: path.join(shots, 'frozen.png') });

  // ---- far on in a long run: the step is in sight ----
  await visit(page, '#run=90-swarm&seed=3&step=600');
  await page.waitForTimeout(300);
  const places = await page.evaluate(() => {
    const box = document.getElementById('timeline').getBoundingClientRect();
    const row = document.querySelector('.row.now').getBoundingClientRect();
    return [box.top, row.top, row.bottom, box.bottom];
  });
  check(
    places.every((one, i) => i === 0 || places[i - 1] <= one),
    `the step is out of sight: ${places}`,
  );

  // ---- a fork: the same until there, and as snapsim plays it ----
  await visit(page, `#run=04-application-quiesce&step=${frozen}`);
  const before = await run_of(page);
  await page.click('#fork summary');
  await page.selectOption('#fork-what', 'channel_lost');
  await page.fill('#fork-for', '3000');
  await page.click('#fork-form button');
  const after = await run_of(page);
  const text = (run) =>
    run.steps
      .slice(0, frozen + 1)
      .map((one) => `${one.at} ${one.who} ${one.text}`)
      .join('\n');
  check(text(before) === text(after), 'until the fork nothing has changed');
  check(after.hash !== before.hash, 'after it something has');
  check(
    after.faults.length === 1 && after.faults[0].includes('channel_lost'),
    'the fault is planned',
  );
  await same_as_file('the fork');
  await page.screenshot({ path: path.join(shots, 'fork.png') });

  // ---- the address restores it ----
  const again = await open(wide, new URL(page.url()).hash);
  check((await run_of(again)).hash === after.hash, 'the address restores the run');
  check((await choice_of(again)).step === frozen, 'and the step');
  await again.context().close();

  // ---- switches, and what cannot be ----
  await visit(page, '#run=08-stale-reply-believed');
  await page.selectOption('label[title="host.kind"] select', 'reference');
  check((await run_of(page)).verdict.claims, 'another host makes the claim true');
  check(
    (await page.textContent('#command')) ===
      'snapsim run 08-stale-reply-believed --seed 1 --set host.kind=reference',
    'the command line says so',
  );
  await visit(page, '#run=08-stale-reply-believed&disk.depth=0');
  check(
    (await page.textContent('#problem')).includes('disk.depth is a whole number from 1 to 256'),
    'what cannot be is refused',
  );

  // ---- exercises: none is sound, and each can be solved ----
  const exercises = await page.$$('[data-exercise]');
  check(exercises.length === 10, `${exercises.length} exercises`);
  const sound = {};
  for (const exercise of exercises) {
    await exercise.click();
    const run = await run_of(page);
    const { set, seed } = await choice_of(page);
    const what = `exercise with ${run.faulty}`;
    const words = Object.entries(set).flatMap(([option, value]) => ['--set', `${option}=${value}`]);
    same(run, [run.name, '--seed', String(seed), ...words], what);
    const without = [
      run.name,
      '--seed',
      String(seed),
      ...words.map((one) => one.replace(/^faulty=.*/, 'faulty=none')),
    ];
    sound[without] ??= native(without);
    check(!sound[without].text.includes(run.hash), `${what}: nobody can see that it is faulty`);
    check((await page.textContent('#judged')) === '', `${what}: the verdict is shown at once`);
    const visible = await page.evaluate(
      () =>
        ['run', 'verdict', 'faults', 'command', 'faulty-meaning']
          .map((id) => document.getElementById(id).innerText)
          .join() +
        location.hash +
        document.getElementById('faulty').value,
    );
    check(!visible.includes(run.faulty), `${what}: its name is shown`);
    await page.selectOption('#verdict select', run.faulty);
    await page.click('#verdict button');
    check(
      (await page.textContent('#verdict')).includes(`The agent was ${run.faulty}.`),
      `${what}: the right answer is not taken`,
    );
  }
  check(
    (await page.$$eval(
      '[data-exercise] .mark',
      (all) => all.filter((one) => one.textContent === '✓').length,
    )) === 10,
    'all are solved',
  );

  // ---- how it looks ----
  for (const [name, options, hash] of [
    ['light', wide, '#run=01-crash-copy-tears-the-database&step=24'],
    ['dark', { ...wide, colorScheme: 'dark' }, '#run=10-agent-killed-while-frozen&step=40'],
    ['laptop', { viewport: { width: 1100, height: 760 } }, '#run=04-application-quiesce&step=50'],
    [
      'phone',
      { viewport: { width: 390, height: 844 }, isMobile: true, deviceScaleFactor: 2 },
      '#run=04-application-quiesce&step=20',
    ],
    ['hyperv', wide, '#run=04-application-quiesce&dialect=hyperv&step=22'],
    [
      'windows',
      { ...wide, colorScheme: 'dark' },
      '#run=30-windows-lets-go-and-the-agent-knows&dialect=vmbackup&step=40',
    ],
    [
      'phone-refused',
      { viewport: { width: 390, height: 844 }, isMobile: true, deviceScaleFactor: 2 },
      '#run=08-stale-reply-believed&dialect=native&step=20',
    ],
    ['two', wide, '#run=13-two-machines-as-a-group&step=60'],
    ['exercise', { ...wide, colorScheme: 'dark' }, '#exercise=1&step=30'],
  ]) {
    const shown = await open(options, hash);
    const overflow = await shown.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    check(overflow <= 0, `${name}: the page is ${overflow} pixels wider than the screen`);
    await shown.screenshot({ path: path.join(shots, `${name}.png`), fullPage: name === 'phone' });
    await shown.context().close();
  }

  for (const one of complaints) check(false, `the browser says: ${one}`);
  await browser.close();
  console.log(
    `${names.length} situations, ${others} in another dialect, ${exercises.length} exercises; ` +
      `${(bytes / 1024).toFixed(0)} KiB; first paint after ${times.paint.toFixed(0)} ms, ` +
      `ready after ${times.ready.toFixed(0)} ms; ` +
      `the slowest situation, ${slowest[0]}, takes ${slowest[1]} ms`,
  );
  console.log(`${checks} checks, ${failed} failed`);
  process.exit(failed ? 1 : 0);
};

main().catch((wrong) => {
  console.error(wrong);
  process.exit(1);
});
