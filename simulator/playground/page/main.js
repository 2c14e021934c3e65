// SPDX-License-Identifier: BSL-1.0
// The page: a choice is played, and gone through step by step.
const page = (() => {
  const keys = '1234567890qwertyuiopasdfghjklzxcvbnm';
  const solved = new Set();
  const state = { choice: null, run: null, timer: 0 };
  let catalogue;
  let showAgent;
  let showHost;

  // ---- steps ----

  const go = (number) => {
    const { run, choice } = state;
    choice.step = Math.max(0, Math.min(number, run.steps.length - 1));
    const step = run.steps[choice.step];
    const until = run.steps.slice(0, choice.step + 1);
    timeline.go(choice.step);
    const agent = showAgent(until, 'agent');
    const host = showHost(until, 'host');
    const fs = disk.go(step?.at ?? 0);
    element('position').value = choice.step;
    element('position').setAttribute(
      'aria-valuetext',
      step ? `step ${choice.step + 1}, ${seconds(step.at)}` : '',
    );
    if (step) tell(step, agent, host, fs);
    history.replaceState(null, '', toAddress(choice));
  };

  const tell = (step, agent, host, fs) => {
    const whom = step.to ? ` to ${spelt(step.to)}${step.lost ? ', and it is lost' : ''}` : '';
    const text =
      step.what === 'state'
        ? `is now ${step.state.toUpperCase()}, by ${step.event} (SP ${step.clause})`
        : step.text;
    element('now').replaceChildren(
      make('b', {}, `${seconds(step.at)} ${spelt(step.who)}${whom}: `),
      text,
      make('br'),
      make('small', {}, `Agent ${agent}, orchestrator ${host}. ${fs}`),
    );
  };

  const pause = () => {
    clearInterval(state.timer);
    state.timer = 0;
    document.querySelector('[data-do=play]').textContent = 'Play';
  };

  const play = () => {
    if (state.timer) return pause();
    if (state.choice.step >= state.run.steps.length - 1) go(0);
    document.querySelector('[data-do=play]').textContent = 'Pause';
    state.timer = setInterval(
      () => {
        if (state.choice.step >= state.run.steps.length - 1) pause();
        else go(state.choice.step + 1);
      },
      Number(element('speed').value),
    );
  };

  const moves = {
    first: () => {
      pause();
      go(0);
    },
    back: () => {
      pause();
      go(state.choice.step - 1);
    },
    play,
    next: () => {
      pause();
      go(state.choice.step + 1);
    },
    last: () => {
      pause();
      go(state.run.steps.length - 1);
    },
  };

  // ---- runs ----

  /** The step of a run in another dialect that is most like one of this: the same thing happens
   *  there, or else it is the same time. */
  const likest = (step, run) => {
    if (!step) return 0;
    const near = (a, b) => Math.abs(a.at - step.at) - Math.abs(b.at - step.at);
    const alike = run.steps.filter(
      (one) =>
        one.what !== 'says' && ['who', 'what', 'state'].every((part) => one[part] === step[part]),
    );
    const [found = run.steps.findLast((one) => one.at <= step.at)] = alike.sort(near);
    return Math.max(0, run.steps.indexOf(found));
  };

  /** The first step that is not as it was in the run before; -1 when that was another situation,
   *  or another dialect, in which everything is said in other words. */
  const forkedAt = (before, now) => {
    const kept = ['name', 'dialect', 'windows'];
    if (!before || kept.some((one) => before[one] !== now[one])) return -1;
    const same = (a, b) => a && b && a.at === b.at && a.who === b.who && a.text === b.text;
    const at = now.steps.findIndex((one, i) => !same(one, before.steps[i]));
    return at;
  };

  /** Plays a choice and shows its run.
   *  @param follows whether it was changed on the page, so that the place in the run is kept.
   *  @return false when it cannot be: then all stays as it is. */
  const choose = (choice, follows = false) => {
    pause();
    let run;
    try {
      run = core.run(choice.name, scenarioOf(choice));
    } catch (wrong) {
      element('problem').textContent = wrong.message;
      return false;
    }
    element('problem').textContent = '';
    const forked = forkedAt(state.run, run);
    if (follows && (state.run.dialect !== run.dialect || state.run.windows !== run.windows))
      choice.step = likest(state.run.steps[state.choice.step], run);
    Object.assign(state, { choice, run });
    const exercise = choice.exercise;
    element('title').textContent =
      exercise === null ? run.title : `Exercise ${exercise + 1}: what is wrong with this agent?`;
    element('teaches').textContent =
      exercise === null
        ? run.teaches
        : 'Everybody but the agent keeps the rules. Go through the steps, change what you like, ' +
          'and say what it does wrong.';
    document.querySelectorAll('nav button').forEach((one) => {
      const current =
        exercise === null
          ? one.dataset.run === choice.name
          : one.dataset.exercise === String(exercise);
      one.setAttribute('aria-current', current);
    });
    element('position').max = Math.max(0, run.steps.length - 1);
    timeline.show(run, forked, (number) => {
      pause();
      go(number);
    });
    disk.show(run);
    dialects.show(choice, run);
    settings.show(choice, run);
    if (exercise === null) verdict.shown(run);
    else
      exercises.ask(run, catalogue, exercise, (number) => {
        solved.add(number);
        mark();
      });
    go(choice.step);
    return true;
  };

  /** Changes what is played, and stays at the same step: until the change all is as it was. */
  const change = (what) => {
    const choice = { ...state.choice, set: { ...state.choice.set } };
    what(choice);
    const faulty = choice.set.faulty;
    if (faulty === 'none' && !data.scenarios[choice.name].faulty) delete choice.set.faulty;
    if (choose(choice, true)) return;
    // What was refused is not to stand there as if it held.
    dialects.show(state.choice, state.run);
    settings.show(state.choice, state.run);
  };

  // ---- the page ----

  const mark = () =>
    document.querySelectorAll('[data-exercise]').forEach((one) => {
      one.querySelector('.mark').textContent = solved.has(Number(one.dataset.exercise)) ? '✓' : '';
    });

  const openLists = () => {
    Object.entries(data.scenarios).forEach(([name, { title }], i) => {
      element('situations').append(
        make(
          'li',
          {},
          make(
            'button',
            {
              type: 'button',
              'data-run': name,
              'aria-keyshortcuts': keys[i],
              onclick: () => choose(usual(name)),
            },
            make('kbd', {}, keys[i] ?? ''),
            make('span', {}, title),
          ),
        ),
      );
    });
    data.exercises.forEach((_, i) => {
      element('exercises').append(
        make(
          'li',
          {},
          make(
            'button',
            { type: 'button', 'data-exercise': i, onclick: () => choose(exerciseChoice(i)) },
            make('span', {}, `Exercise ${i + 1}`),
            make('span', { class: 'mark' }),
          ),
        ),
      );
    });
  };

  const onKey = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !element('keys').checked) return;
    if (event.target.closest('input:not([type=checkbox]), select, textarea')) return;
    const command = {
      ArrowLeft: 'back',
      ArrowRight: 'next',
      Home: 'first',
      End: 'last',
      ' ': 'play',
    }[event.key];
    const situation = Object.keys(data.scenarios)[keys.indexOf(event.key)];
    if (
      command &&
      !(event.key === ' ' && event.target.closest('button, summary, [type=checkbox], a'))
    )
      moves[command]();
    else if (!command && event.key.length === 1 && situation) choose(usual(situation));
    else return;
    event.preventDefault();
  };

  /** Shows what the address says; what cannot be played, as its situation is; or the first. */
  const arrive = () => {
    const asked = fromAddress(location.hash, catalogue.options);
    const first = asked ? unchanged(asked) : usual(Object.keys(data.scenarios)[0]);
    if (choose(asked ?? first)) return;
    const why = element('problem').textContent;
    choose(first);
    element('problem').textContent = why;
  };

  const open = async () => {
    openLists();
    await core.load();
    catalogue = core.catalogue();
    element('version').textContent = catalogue.version;
    showAgent = machineView(element('agent'), data.machines.agent);
    showHost = machineView(element('orchestrator'), data.machines.orchestrator);
    dialects.open(catalogue, change);
    settings.open(catalogue, change);
    document
      .querySelectorAll('[data-do]')
      .forEach((one) => one.addEventListener('click', () => moves[one.dataset.do]()));
    element('position').addEventListener('input', (event) => {
      pause();
      go(event.target.valueAsNumber);
    });
    element('fork-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const step = state.run.steps[state.choice.step];
      if (step)
        change((choice) => {
          choice.faults = [...(scenarioOf(choice).faults ?? []), settings.forkAt(step)];
        });
    });
    document.addEventListener('keydown', onKey);
    window.addEventListener('hashchange', arrive);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
      go(state.choice.step),
    );
    arrive();
    document.documentElement.dataset.ready = 'yes';
  };

  open().catch((wrong) => {
    element('title').textContent = 'This browser cannot show it';
    element('teaches').textContent =
      `It needs WebAssembly with exceptions, and DecompressionStream. ${wrong}`;
  });
  return { state, core };
})();
