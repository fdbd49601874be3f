/**
 * Ways to break the core, one for every guard of every handler and for the pitfalls of the protocol, and the mailbox,
 * which decides what the core hears first. Each is the replacement of a text that stands exactly once in its file
 * under `src`.
 */

export type Mutant = readonly [name: string, from: string, to: string];

export const mutants: Readonly<Record<string, readonly Mutant[]>> = {
  'raft/step.ts': [
    ['takes messages of another group', 'message.group !== state.group', 'false'],
    ['takes messages addressed to another node', 'message.to !== state.id || message', 'message'],
    ['takes messages of its own', ' || message.from === state.id', ''],
    ['an outdated expiry fires', '!timer.armed || timer.generation !== input.generation', '!timer.armed'],
    ['a cleared timer fires', '!timer.armed || timer', 'timer'],
    [
      'takes part after a failed write',
      'if (state.participating) take',
      "if (input.type !== 'propose') take",
    ],
    ['a life may start twice', "state.started !== (input.type === 'start')", 'true'],
    ['an adopted term that nothing shows is not written', '  persistHardState(turn);\n', ''],
  ],

  'raft/turn.ts': [
    [
      'pitfall 5: sends, then writes',
      "  persistHardState(turn);\n  turn.effects.push({ type: 'send', message });",
      "  turn.effects.push({ type: 'send', message });\n  persistHardState(turn);",
    ],
    ['pitfall 5: writes term and vote again and again', '  state.hardStateDirty = false;\n', ''],
    ['pitfall 5: writes no vote', 'votedFor: state.votedFor }', 'votedFor: null }'],
    ['writes neither term nor vote', 'state.hardStateDirty ? {', 'false ? {'],
    [
      're-arming leaves the earlier expiry valid',
      'armed = true;\n  timerState.generation += 1;',
      'armed = true;',
    ],
    ['pitfall 1: deadlines on the wall clock', "(clock === 'now' ? nowMs : runningMs)", 'nowMs'],
    ['every later round counts as opened by the notice', "if (timer === 'election') turn", 'if (false) turn'],
    ['pitfall 13: no jitter', 'state.timeoutMs, state.options.electionJitterMs', 'state.timeoutMs, 0'],
    ['a node that is no voter has an election timer', 'if (isVotingMember(turn.state)) arm', 'if (true) arm'],
  ],

  'raft/configuration.ts': [
    ['pitfall 22: old voters are no voters', ' || (configuration.oldVoters?.includes(id) ?? false)', ''],
    ['pitfall 22: old voters are not asked', 'const id of configuration.oldVoters ?? []', 'const id of []'],
    [
      'a voter of both halves is asked twice',
      'oldVoters ?? []) {\n    if (id !== self && !others.includes(id))',
      'oldVoters ?? []) {\n    if (id !== self)',
    ],
    ['learners get no entries', 'const id of configuration.learners', 'const id of []'],
    ['a learner without voters is a sole voter', 'isVoter(configuration, id) && otherVoters', 'otherVoters'],
    ['a removed learner is the same configuration', 'isSameSet(a.learners, b.learners) &&', ''],
  ],

  'raft/ballot.ts': [
    ['half is a quorum', 'Math.floor(voters / 2) + 1', 'Math.ceil(voters / 2)'],
    ['a peer answers twice', 'ballot.granted.includes(from) || ballot.refused.includes(from)', 'false'],
    [
      'pitfall 22: the new configuration alone decides',
      'configuration.oldVoters === null || holds(configuration.oldVoters)',
      'true',
    ],
    [
      'pitfall 22: the new configuration alone commits',
      'return configuration.oldVoters === null\n',
      'return true\n',
    ],
    ['pitfall 22: the better half commits', 'Math.min(reached', 'Math.max(reached'],
    ['pitfall 17: whoever answers is counted', 'return count;', 'return members.length;'],
    ['a round is lost one refusal early', 'ballot.refused) >= quorumSize', 'ballot.refused) > quorumSize'],
    [
      'pitfall 3: the oldest contact, the least match',
      'descending[quorumSize(voters.length) - 1]',
      'descending[voters.length - 1]',
    ],
  ],

  'raft/log.ts': [
    [
      'pitfall 16: compares indexes alone',
      'a.term < b.term || (a.term === b.term && a.index < b.index)',
      'a.index < b.index',
    ],
    [
      'pitfall 16: both must be higher',
      'a.term < b.term || (a.term === b.term && a.index < b.index)',
      'a.term < b.term || a.index < b.index',
    ],
    [
      'pitfall 16: older only in both',
      'a.term < b.term || (a.term === b.term && a.index < b.index)',
      'a.term < b.term && a.index < b.index',
    ],
    ['pitfall 16: compares terms alone', ' || (a.term === b.term && a.index < b.index)', ''],
    ['a log like mine is older', 'a.index < b.index', 'a.index <= b.index'],
    ['before the first entry there is no term', 'index === 0 ? asTerm(0) : ', ''],
    ['the hint skips no term', 'while (first > 1 && termAt', 'while (false && termAt'],
    ['entries may leave gaps', 'entry.index === log.entries.length + 1', 'true'],
    ['terms may fall along the log', 'entry.term >= (log.entries.at(-1)?.term ?? 0)', 'true'],
    ['a configuration counts only at the start', "entry.payload.type === 'configuration'", 'false'],
    [
      'a truncated configuration stays in force',
      '?.position.index ?? 0) >= index',
      '?.position.index ?? 0) > index',
    ],
    ['a truncation may lie outside of the log', 'index >= 1 && index <= log.entries.length', 'true'],
  ],

  'raft/progress.ts': [
    ['match goes back', 'Math.max(progress.matchIndex, matched)', 'matched'],
    [
      'next goes back on a success',
      'Math.max(progress.nextIndex, progress.matchIndex + 1)',
      'progress.matchIndex + 1',
    ],
    [
      'next goes below match',
      'Math.max(progress.matchIndex + 1, Math.min(hint, progress.nextIndex - 1))',
      'Math.min(hint, progress.nextIndex - 1)',
    ],
    ['a bad hint takes next nowhere', 'Math.min(hint, progress.nextIndex - 1)', 'hint'],
  ],

  'raft/random.ts': [
    [
      'pitfall 13: whole milliseconds',
      '((high * 0x400_0000 + low) / 0x20_0000_0000_0000) * width',
      'Math.floor((high / 0x800_0000) * width)',
    ],
    ['the seed’s upper half is ignored', 'Math.floor(seed / 0x1_0000_0000) >>> 0', '0'],
  ],

  'raft/time.ts': [
    ['the later of two is the last on one clock', 'Math.max(a.runningMs, b.runningMs)', 'b.runningMs'],
  ],

  'raft/messages.ts': [
    ['pitfall 12: heartbeats queue behind bulk', 'message.entries.length === 0', 'false'],
    ['pitfall 12: answers to heartbeats queue behind bulk', 'message.entryCount === 0', 'false'],
    ['bulk overtakes', 'message.entries.length === 0', 'true'],
  ],

  'raft/succession.ts': [
    ['rule rankedSuccessors is not read', ' || !state.options.rules.rankedSuccessors', ''],
    [
      'pitfall 21: the silent are ranked like the others',
      'silent === isSilent(state, time, electors, b) ? a.matchIndex > b.matchIndex : !silent',
      'a.matchIndex > b.matchIndex',
    ],
    ['who has never answered is not silent', '? !electors.includes(id)', '? false'],
    ['who has just voted is silent', '? !electors.includes(id)', '? true'],
    ['silent only beyond T', 'contact.nowMs >= timeoutMs', 'contact.nowMs > timeoutMs'],
    ['the shorter log goes first', 'a.matchIndex > b.matchIndex', 'a.matchIndex < b.matchIndex'],
    ['pitfall 17: learners are ranked', '    if (!isVoter(configuration, peer.id)) continue;\n', ''],
    [
      'all stand in the first slot',
      'successorSlotMs * (successorRank + leewayShare)',
      'successorSlotMs * leewayShare',
    ],
    ['who is first stands at T sharp', '(successorRank + leewayShare)', 'successorRank'],
    ['brand-new nodes draw their first timeout', 'if (!rules.rankedSuccessors) return', 'if (true) return'],
    ['brand-new nodes never draw', 'if (!rules.rankedSuccessors) return', 'if (false) return'],
    ['pitfall 22: old voters stand first', '...(configuration.oldVoters ?? [])', ''],
    ['pitfall 13: without a rank no jitter', '? drawElectionTimeout(state)', '? timeoutMs'],
  ],

  'raft/peak.ts': [
    ['a peak is not held', 'nowMs - atMs - holdMs', 'nowMs - atMs'],
    [
      'a peak never fades',
      'if (gapMs === 0 || halvings <= 0) return gapMs;',
      'if (gapMs >= 0) return gapMs;',
    ],
    ['between two halvings nothing fades', ' * (1 - (halvings - whole) / 2)', ''],
    [
      'the higher peak wins, however faded',
      'return left > right ? a : b;',
      'return a.gapMs > b.gapMs ? a : b;',
    ],
    ['of equal peaks the earlier counts', 'a.atMs >= b.atMs ? a : b', 'a.atMs >= b.atMs ? b : a'],
  ],

  'raft/gaps.ts': [
    [
      'gaps of less than the floor bridges count',
      'timeoutFor(gapMs, heartbeatMs) > electionTimeoutMs',
      'gapMs > 0',
    ],
    ['a failure counts as a gap', 'gapMs < adaptiveTimeout.maxMs &&', 'true &&'],
    ['no margin', 'const margin = 3;', 'const margin = 1;'],
    ['an interval counts as a gap', 'heartbeatMs + margin * (gapMs - heartbeatMs)', 'margin * gapMs'],
    [
      'the leader’s own stalls are gaps of its quorum',
      'keepAnswered(state, time.runningMs - sinceMs, time)',
      'keepAnswered(state, time.nowMs - sinceMs, time)',
    ],
    [
      'a leader learns gaps from less than a quorum',
      " || quorumContactMs(state, time, 'runningMs') <= sinceMs",
      '',
    ],
    [
      'a deposed leader does not know for how long',
      "keepAnswered(state, time.nowMs - quorumContactMs(state, time, 'nowMs'), time)",
      "keepAnswered(state, time.runningMs - quorumContactMs(state, time, 'runningMs'), time)",
    ],
    ['a leader that was rightly deposed complains', ' || !isLeaderActive(state, time)', ''],
    ['late answers of another term count', ' || message.requestTerm !== unanswered.term', ''],
    [
      'late answers to what was answered before count',
      'message.sent.runningMs <= unanswered.sinceMs || ',
      '',
    ],
    [
      'one late answer is a quorum',
      'isQuorum(configurationInForce(state.log).configuration, [state.id, ...answered])',
      'true',
    ],
    [
      'what a deposed leader tells does not count',
      'if (higher !== told) return;',
      'if (from !== state.id) return;',
    ],
    ['a report begins anew with each answer', 'ageMs: Math.max(0, time.nowMs - peak.atMs)', 'ageMs: 0'],
    ['a told gap begins anew', 'time.nowMs - gap.ageMs }', 'time.nowMs }'],
    [
      'lease: a follower says the floor',
      'electionTimeoutMs: timeoutMs,',
      'electionTimeoutMs: state.options.electionTimeoutMs,',
    ],
  ],

  'raft/adaptive-timeout.ts': [
    [
      'a T of whatever length is taken',
      'Math.min(\n    options.adaptiveTimeout.maxMs,\n',
      'Math.max(\n    0,\n',
    ],
    [
      'a T below the floor is taken',
      'Math.max(options.electionTimeoutMs, message.electionTimeoutMs)',
      'message.electionTimeoutMs',
    ],
    [
      'an overtaken message takes T back',
      '  if (!isNewLeader && message.sent.nowMs < gaps.adoptedMs) return;\n',
      '',
    ],
    ['a new leader is judged by the clock of the last', '!isNewLeader && message.sent', 'message.sent'],
    ['nobody’s report is taken', '  peer.heard = {', '  const _heard = {'],
    ['a reported gap begins anew', 'time.nowMs - report.heard.ageMs', 'time.nowMs'],
    [
      'what a leader heard before it led is forgotten',
      'id === state.id ? state.gaps?.heard : peers',
      'peers',
    ],
    ['T grows in steps of any size', 'Math.max(wantedMs, Math.ceil(fromMs * (1 + stepShare)))', 'wantedMs'],
    ['T falls in steps of any size', 'wantedMs <= fromMs * (1 - stepShare)', 'wantedMs < fromMs'],
    ['T stops short of the floor', 'wantedMs === minMs || ', ''],
    ['a new leader forgets the T it knows', 'Math.min(fromMs, Math.ceil(inheritedMs))', '0'],
    [
      'a new leader never forgets the T it knew',
      '{ ...adaptiveTimeout, holdMs: 0 }',
      '{ ...adaptiveTimeout, holdMs: 1e9 }',
    ],
    ['T falls below its floor', 'Math.max(minMs, askedMs,', 'Math.max(askedMs,'],
    ['T has no bound', 'Math.min(adaptiveTimeout.maxMs, Math.max', 'Math.max(0, Math.max'],
    [
      'a change is not told',
      "  observe(turn, { type: 'timeoutChanged'",
      "  if (false) observe(turn, { type: 'timeoutChanged'",
    ],
    [
      'the quorum check stays where the longer T put it',
      'if (armed && deadlineMs > time',
      'if (false && deadlineMs > time',
    ],
    ['a quorum check that is due is put off', 'armed && deadlineMs > time.runningMs + dueInMs', 'armed'],
    ['a raise is not told at once', 'return toMs > fromMs;', 'return false;'],
    [
      'the shorter of the two gaps is bridged',
      'if (heardMs > answeredMs) {',
      'if (heardMs > 0 && heardMs <= answeredMs) {',
    ],
  ],

  'raft/lease.ts': [
    ['rule lease is not read', 'if (!state.options.rules.lease) return 0;', ''],
    ['the quorum check has no patience', '(state.options.quorumPatience - 1) * state.timeoutMs', '0'],
    ['the quorum check has patience nobody asked for', '(state.options.quorumPatience - 1)', '2'],
    [
      'lease: told is promised',
      'peer.contact[clock] + (isPromise ? peer.promisedMs : 0)',
      'peer.contact[clock] + (isPromise ? timeoutMs : 0)',
    ],
    [
      'lease: a new leader counts on a T that it has yet to tell',
      'isPromise ? graceMs : 0',
      'isPromise ? timeoutMs : 0',
    ],
    [
      'pitfall 18: votes are promises',
      'Math.min(leadership.graceMs, options.electionTimeoutMs)',
      'leadership.graceMs',
    ],
    ['a lease shorter than the clock’s grain', 'remainingMs > clockGrainMs ?', 'remainingMs > 0 ?'],
    [
      'the lease runs on the running clock',
      'state.leaseUntilMs - time.nowMs',
      'state.leaseUntilMs - time.runningMs',
    ],
    ['learners promise', '  if (!isVotingMember(state)) return;\n', ''],
    [
      'an earlier contact shortens the lease',
      'Math.max(state.leaseUntilMs, contact.nowMs + state.timeoutMs)',
      'contact.nowMs + state.timeoutMs',
    ],
    ['an exit notice leaves the promise', 'state.leaseUntilMs = Number.NEGATIVE_INFINITY;', ''],
    [
      'a leader does not hear itself',
      'if (id === state.id) return time[clock] + (isPromise ? timeoutMs : 0);',
      '',
    ],
    [
      'pitfall 28: nobody has answered a new leader yet',
      'peer.contact === null) return since;',
      'peer.contact === null) return Number.NEGATIVE_INFINITY;',
    ],
    [
      'the quorum check is on the wall clock',
      "return time.runningMs < quorumPromiseMs(state, time, 'runningMs')",
      "return time.nowMs < quorumPromiseMs(state, time, 'nowMs')",
    ],
    [
      'a leader is active at exactly T',
      "return time.runningMs < quorumPromiseMs(state, time, 'runningMs')",
      "return time.runningMs <= quorumPromiseMs(state, time, 'runningMs')",
    ],
    [
      'pitfall 18: a leader is confirmed by the time it ran',
      "return time.nowMs < quorumPromiseMs(state, time, 'nowMs')",
      "return time.runningMs < quorumPromiseMs(state, time, 'runningMs')",
    ],
    [
      'rule quorumCheck is not read by the confirmation',
      'if (!state.options.rules.quorumCheck) return true;',
      '',
    ],
  ],

  'raft/lease-hint.ts': [
    ['presumes that the silent grant, unasked', 'if (!presumeOthersGrant) return null;', ''],
    [
      'asks the silent again before the last lease ended',
      'Math.max(...round.leaseRefusals',
      'Math.min(...round.leaseRefusals',
    ],
    ['a round that is not lost was refused by leases', 'if (!isLost(round.ballot)) return false;', ''],
    [
      'no round was ever refused by leases',
      'filter((id) => !isLeaseRefuser(round, id))',
      'filter(() => true)',
    ],
    [
      'grants do not count towards asking again',
      'if (round.ballot.granted.includes(id)) return Number.NEGATIVE_INFINITY;',
      '',
    ],
    [
      'who refused for another reason is presumed to grant',
      'round.ballot.refused.includes(id) ? Number.POSITIVE_INFINITY : silentMs',
      'silentMs',
    ],
  ],

  'raft/silence.ts': [
    [
      'ranks are not read by who waits for a leader',
      'const delayMs = detectionTimeout(turn.state);',
      'const delayMs = turn.state.timeoutMs + turn.state.options.electionJitterMs;',
    ],
    ['pitfall 1: a silence is no shorter for a standstill', "delayMs, 'now')", "delayMs, 'running')"],
    ['the silence counts on the running clock', 'contact.nowMs + delayMs', 'contact.runningMs + delayMs'],
    [
      'the grace is longer than the timeout',
      'Math.min(delayMs, options.stallGraceMs)',
      'options.stallGraceMs',
    ],
    ['the grace is all of the timeout', 'Math.min(delayMs, options.stallGraceMs)', 'delayMs'],
    ['the grace counts while the node stands still', "delayMs, 'running')", "delayMs, 'now')"],
    ['the grace counts from now', 'contact.runningMs + Math.min', 'turn.time.runningMs + Math.min'],
    [
      'a grace forgets its timeout',
      "'election', deadlineMs, delayMs, 'running'",
      "'election', deadlineMs, 0, 'running'",
    ],
  ],

  'raft/election.ts': [
    // Start.
    [
      'pitfall 4: a restart forgets the lease',
      'if (rules.lease && rules.restartWait',
      'if (false && rules.restartWait',
    ],
    ['rule restartWait is not read', 'rules.restartWait && ', ''],
    ['a brand-new node waits for a lease', 'state.currentTerm > 0 && ', ''],
    ['a sole voter waits for its own lease', ' && !soleVoter', ''],
    ['a sole voter waits for its timeout', 'if (soleVoter) {', 'if (false) {'],
    ['every start is prompt', 'state.currentTerm === 0 && lastLog.index === 0', 'true'],
    ['no start is prompt', 'rules.promptStart && isBrandNew', 'false'],
    ['rule promptStart is not read', 'rules.promptStart && isBrandNew', 'isBrandNew'],
    [
      'a brand-new learner gets a timer',
      "if (isVotingMember(state)) armTimer(turn, 'election', firstTimeout",
      "if (true) armTimer(turn, 'election', firstTimeout",
    ],

    // Election timeout.
    [
      'pitfall 1: what waits in the mailbox is no contact',
      'if (waitingContact !== null && ',
      'if (false && ',
    ],
    ['waiting contact counts without a leader', 'state.leaderId !== null && isNewer', 'isNewer'],
    ['waiting contact counts though older', ' && isNewer(waitingContact, state.contact)', ''],
    ['waiting contact extends no promise', '    extendLease(state, state.contact);\n', ''],
    ['waiting contact arms nothing', '    awaitLeader(turn, state.contact);\n    return;', '    return;'],
    [
      'waiting contact counts from its handling',
      'awaitLeader(turn, state.contact)',
      'awaitLeader(turn, time)',
    ],
    ['pitfall 1: a standstill is a silence', '  if (awaitOwnGrace(turn)) return;\n', ''],
    [
      'a near miss in the mailbox is not reported',
      '    noteSilence(turn, state.leaderId, waitingContact);\n',
      '',
    ],
    ['campaigns inside its own lease', 'if (leaseMs > 0) {', 'if (false) {'],
    [
      'a leader that is given up is still followed',
      '      timeoutMs: delayMs,\n    });\n    state.leaderId = null;',
      '      timeoutMs: delayMs,\n    });',
    ],
    ['rule preVote is not read', 'if (turn.state.options.rules.preVote) open', 'if (true) open'],
    ['no pre-vote', 'if (turn.state.options.rules.preVote) open', 'if (false) open'],

    // Ends of rounds.
    ['a round that leases shortened is not asked again', 'if (lost.endsWithLeases) {', 'if (false) {'],
    [
      'pitfall 26: a pre-vote that timed out arms nothing',
      "reportLoss(turn, lost, 'timedOut', armRetryWait(turn, !wasRefusedByLeasesOnly(lost)));",
      "reportLoss(turn, lost, 'timedOut', 0);",
    ],
    [
      'a pre-vote that leases let time out raises the wait',
      'armRetryWait(turn, !wasRefusedByLeasesOnly(lost))',
      'armRetryWait(turn, true)',
    ],
    [
      'rule earlyLoss is not read in a pre-vote',
      'if (turn.state.options.rules.earlyLoss && isLost(round.ballot)) {\n    closeRound',
      'if (isLost(round.ballot)) {\n    closeRound',
    ],
    [
      'a lost pre-vote stays open',
      'if (turn.state.options.rules.earlyLoss && isLost(round.ballot)) {\n    closeRound',
      'if (false) {\n    closeRound',
    ],
    [
      'pitfall 26: a lost pre-vote is closed without a retry',
      '    closeRound(turn);\n    const retryInMs',
      '    closeRound(turn);\n    return;\n    const retryInMs',
    ],
    ['a lost pre-vote is not closed', '    closeRound(turn);\n    const retryInMs', '    const retryInMs'],
    [
      'a pre-vote lost to leases raises the wait',
      "'quorumImpossible', armRetryWait(turn, !wasRefusedByLeasesOnly(round))",
      "'quorumImpossible', armRetryWait(turn, true)",
    ],
    [
      'a lease hint keeps a round open beyond its timeout',
      'askAgainMs === null || time.runningMs + askAgainMs >= state.timers.preVote.deadlineMs',
      'askAgainMs === null',
    ],
    [
      'pitfall 21: a round outlasts the leases for silent peers',
      "const askAgainMs = askAgainDelayMs(turn, round, 'presumeNothing');",
      'const askAgainMs = null;',
    ],
    [
      'rule earlyLoss is not read in a vote',
      '} else if (turn.state.options.rules.earlyLoss && isLost',
      '} else if (isLost',
    ],
    [
      'a lost vote waits for its timer',
      '} else if (turn.state.options.rules.earlyLoss && isLost',
      '} else if (false && isLost',
    ],
    ['rule stepDownOnVoteTimeout is not read', 'if (rules.stepDownOnVoteTimeout) {', 'if (true) {'],
    [
      'rule stepDownOnVoteTimeout is not read after a split vote',
      'options.rules.stepDownOnVoteTimeout) {\n    becomeFollower',
      'true) {\n    becomeFollower',
    ],
    [
      'a split vote waits for the dead until its timer',
      'round.askAgainJitterMs === null && dependsOnSilentPeers(turn.state, round)',
      'false',
    ],
    [
      'a split vote draws its wait with every answer',
      'round.askAgainJitterMs === null && dependsOnSilentPeers',
      'dependsOnSilentPeers',
    ],
    [
      'a split vote stays open beyond its timeout',
      'if (time.runningMs + waitMs >= state.timers.vote.deadlineMs) return;',
      '',
    ],
    ['pitfall 27: a split vote does not raise the wait', '    state.failedRounds += 1;\n', ''],
    [
      'a split vote does not wait for who answered the pre-vote',
      'state.responsive.every((id) => granted.includes(id) || refused.includes(id))',
      'true',
    ],
    ['its rules are not read by a split vote', 'if (!preVote || !earlyLoss || !retryWait) return false;', ''],
    [
      'who answers is not remembered',
      'if (!state.responsive.includes(message.from)) state.responsive.push(message.from);',
      '',
    ],
    [
      'a wait that has begun begins again when the vote is lost',
      'round.askAgainJitterMs === null ? null : state.timers.vote.deadlineMs - turn.time.runningMs',
      'null',
    ],
    ['a candidate that lost stays candidate', 'if (rules.stepDownOnVoteTimeout) {', 'if (false) {'],
    [
      'pitfall 2: the round that was lost stays open',
      '  state.round = null;\n  if (rules.retryWait) {',
      '  if (rules.retryWait) {',
    ],
    ['rule retryWait is not read by a candidate', '  if (rules.retryWait) {', '  if (true) {'],
    [
      'a candidate without retry wait stands at once',
      "if (reason === 'timedOut') becomeCandidate",
      'becomeCandidate',
    ],
    ['rule leaseHint is not read', '!state.options.rules.leaseHint || ', ''],
    ['the round of an exit notice waits for leases', 'if (round.byExitNotice) {', 'if (false) {'],
    [
      'the round of an exit notice raises the wait',
      '??= drawRetryWait(turn, false)',
      '??= drawRetryWait(turn, true)',
    ],
    ['pitfall 27: all ask again at the same moment', '+ round.askAgainJitterMs', ''],
    ['asks again at once, not at the leases’ end', 'Math.max(0, atMs - time.nowMs)', '0'],

    // Answers.
    [
      'pitfall 8: a higher term in an answer is ignored',
      'if (message.term > state.currentTerm) {',
      'if (false) {',
    ],
    [
      'pitfall 9: a stale round spreads no term',
      'if (message.term > state.currentTerm) {',
      'if (message.term > state.currentTerm && message.round.counter === state.round?.round.counter) {',
    ],
    [
      'pitfall 8: an answer from a lower term is ignored',
      '  const { round } = state;\n',
      '  const { round } = state;\n  if (message.term < state.currentTerm) return null;\n',
    ],
    ['pitfall 2: a vote’s answer counts in a pre-vote', 'round.phase !== phase || ', ''],
    ['pitfall 2: the answer to another term counts', ' || message.requestTerm !== round.term', ''],
    [
      'pitfall 2: the answer of another round counts',
      'message.round.counter !== round.round.counter || ',
      '',
    ],
    [
      'pitfall 2: the answer of another life’s round counts',
      ' || message.round.incarnation !== round.round.incarnation',
      '',
    ],
    [
      'a second answer is handled',
      'if (!recordAnswer(round.ballot, message.from, message.granted)) return null;',
      'recordAnswer(round.ballot, message.from, message.granted);',
    ],

    // Exit notice.
    ['rule exitNotice is not read', '!state.options.rules.exitNotice || ', ''],
    ['a notice is taken by a leader', " || state.role !== 'follower') return;", ') return;'],
    ['a notice of any node is taken', '  if (state.leaderId !== notice.node) return;\n', ''],
    ['a notice of another life is taken', 'state.leaderIncarnation !== notice.incarnation || ', ''],
    ['a notice of another term is taken', ' || state.currentTerm !== notice.term', ''],
    ['a notice leaves the promise', '  dropLease(state);\n', ''],
    ['a dead leader’s last words refresh the timer', '  state.noticedLeader = notice.node;\n', ''],
    [
      'a dead leader is still followed',
      "  state.leaderId = null;\n  observe(turn, { type: 'exitNoticed'",
      "  observe(turn, { type: 'exitNoticed'",
    ],
    ['a learner campaigns on a notice', '  if (!isVotingMember(state)) return;\n', ''],
    [
      'a noticed node waits out its timeout',
      "armTimer(turn, 'election', noticedWaitMs(state));",
      'armElectionTimer(turn);',
    ],
    ['who is first in line waits for its notice’s timer', 'if (state.successorRank === 0) {', 'if (false) {'],
    [
      'pitfall 19: a noticed node without a rank stands at once',
      'successorRank === null\n    ? drawBetween(random, 0, options.retryJitterMs)',
      'successorRank === null\n    ? 0',
    ],
    ['ranks are not read after a notice', 'successorSlotMs * successorRank', 'successorSlotMs'],
    ['a round by notice is like any other', 'state.electionByExitNotice = true;', ''],
  ],

  'raft/roles.ts': [
    [
      'a deposed leader does not complain',
      "    if (state.role === 'leader') noteDeposed(state, turn.time);\n",
      '',
    ],
    [
      'answers that come too late are lost',
      "  if (reason === 'quorumLost') noteUnanswered(state, turn.time);\n",
      '',
    ],
    ['a new leader begins without what it has seen', '  adaptTimeout(turn);\n', ''],
    ['a new leader ranks nobody', '  rankSuccessors(state, time, [...granted, ...refused]);\n', ''],
    ['who refused a new leader is silent', 'time, [...granted, ...refused]', 'time, granted'],
    [
      'a pre-vote leaves the election timer running',
      "  clearTimer(turn, 'election');\n  state.responsive = [];",
      '  state.responsive = [];',
    ],
    [
      'a pre-vote asks for the current term',
      "'preVote', asTerm(state.currentTerm + 1)",
      "'preVote', state.currentTerm",
    ],
    [
      'pre-vote: the own answer does not count',
      'byExitNotice);\n  recordAnswer(round.ballot, state.id, true);',
      'byExitNotice);',
    ],
    [
      'a sole voter waits for answers to its pre-vote',
      '  if (isWon(round.ballot)) {\n    winPreVote',
      '  if (false) {\n    winPreVote',
    ],
    ['a pre-vote has no timer', "  armTimer(turn, 'preVote', drawVoteTimeout(turn));", ''],
    ['a candidate breaks its own lease', 'leaseRemainingMs(state, turn.time) === 0', 'true'],
    [
      'a candidate keeps its pre-vote timer',
      "  clearTimer(turn, 'preVote');\n  state.round = null;",
      '  state.round = null;',
    ],
    [
      'a candidate keeps its leader',
      '  state.round = null;\n  state.leaderId = null;\n  // Not in',
      '  state.round = null;\n  // Not in',
    ],
    ['pitfall 17: who is no voter stands', '  if (!isVotingMember(state)) return;\n', ''],
    ['a candidate keeps its term', 'state.currentTerm = asTerm(state.currentTerm + 1);', ''],
    ['a candidate votes for nobody', 'state.votedFor = state.id;', 'state.votedFor = null;'],
    [
      'a candidate remembers the leader of the last term',
      '  state.votedFor = state.id;\n  state.termLeader = null;',
      '  state.votedFor = state.id;',
    ],
    [
      'pitfall 5: a candidate writes nothing',
      '  state.noticedLeader = null;\n  state.hardStateDirty = true;\n  armTimer',
      '  state.noticedLeader = null;\n  armTimer',
    ],
    [
      'pitfall 5: a sole voter leads before its vote is written',
      '  persistHardState(turn);\n  recordAnswer',
      '  recordAnswer',
    ],
    [
      'vote: the own answer does not count',
      '  persistHardState(turn);\n  recordAnswer(round.ballot, state.id, true);',
      '  persistHardState(turn);',
    ],
    ['anybody becomes leader', "state.role === 'candidate', 'only", "true, 'only"],
    ['a leader keeps its vote timer', "  clearTimer(turn, 'vote');\n  const { granted", '  const { granted'],
    ['a leader does not start its waits afresh', '  state.failedRounds = 0;\n', ''],
    ['a leader knows no leader of its term', '  state.termLeader = state.id;\n', ''],
    [
      'pitfall 14: a new leader waits for its heartbeat',
      '  for (const peer of state.leadership.peers) replicate(turn, peer);\n',
      '',
    ],
    [
      'rule quorumCheck is not read by a new leader',
      'if (state.options.rules.quorumCheck) armTimer',
      'armTimer',
    ],
    ['pitfall 10: no quorum check', 'if (state.options.rules.quorumCheck) armTimer', 'if (false) armTimer'],
    [
      'a new leader appends a command',
      "payload: { type: 'configuration', configuration },",
      "payload: { type: 'command', value: null },",
    ],
    [
      'a joint configuration ends with an election',
      "payload: { type: 'configuration', configuration },",
      "payload: { type: 'configuration', configuration: { ...configuration, oldVoters: null } },",
    ],
    [
      'a leader commits before its entry is written',
      '  persistLog(turn, null, [entry]);\n  state.leadership.durableIndex = firstIndex;\n  noteAnswered(turn, state.id);\n  advanceCommit(turn);',
      '  state.leadership.durableIndex = firstIndex;\n  noteAnswered(turn, state.id);\n  advanceCommit(turn);\n  persistLog(turn, null, [entry]);',
    ],
    [
      'a leader writes its entry before it sends it',
      '  appendToLog(state.log, [entry]);\n',
      '  appendToLog(state.log, [entry]);\n  persistLog(turn, null, [entry]);\n',
    ],
    ['a sole voter is never established', '  noteAnswered(turn, state.id);\n', ''],
    ['a leader that steps down keeps its heartbeat', "  clearTimer(turn, 'heartbeat');\n", ''],
    ['a leader that steps down keeps its quorum check', "  clearTimer(turn, 'quorumCheck');\n", ''],
    [
      'a leader that steps down follows itself',
      '  state.leadership = null;\n  state.leaderId = null;',
      '  state.leadership = null;',
    ],
    [
      'pending proposals are never answered',
      "  for (const { requestId } of pending) reply(turn, requestId, { type: 'outcomeUnknown' });\n",
      '',
    ],
    [
      'pitfall 26: stepping down arms nothing',
      "  if (next === 'electionTimer') armElectionTimer(turn);\n",
      '',
    ],
    [
      'pitfall 5: stepping down erases the vote of the term',
      "  state.role = 'follower';\n  state.leadership = null;",
      "  state.role = 'follower';\n  state.votedFor = null;\n  state.hardStateDirty = true;\n  state.leadership = null;",
    ],
    ['a lower term is adopted', "invariant(term > state.currentTerm, 'only a higher term is adopted');", ''],
    [
      'a pre-vote outlives a higher term',
      '    if (state.round !== null) {\n      const lost',
      '    if (false) {\n      const lost',
    ],
    [
      'pitfall 26: a higher term ends a pre-vote and arms nothing',
      "reportLoss(turn, lost, 'higherTerm', armRetryWait(turn, true));",
      "reportLoss(turn, lost, 'higherTerm', 0);",
    ],
    [
      'pitfall 7: a higher term re-arms a follower',
      '  state.currentTerm = term;\n',
      '  state.currentTerm = term;\n  armElectionTimer(turn);\n',
    ],
    [
      'a vote outlives its term',
      '  state.currentTerm = term;\n  state.votedFor = null;',
      '  state.currentTerm = term;',
    ],
    [
      'a leader outlives its term',
      '  state.votedFor = null;\n  state.leaderId = null;',
      '  state.votedFor = null;',
    ],
    [
      'the leader of the last term leads this one',
      '  state.leaderId = null;\n  state.termLeader = null;\n  state.noticedLeader = null;\n  state.hardStateDirty',
      '  state.leaderId = null;\n  state.noticedLeader = null;\n  state.hardStateDirty',
    ],
    [
      'a leader announced dead is never followed again',
      '  state.termLeader = null;\n  state.noticedLeader = null;\n  state.hardStateDirty = true;\n  observe',
      '  state.termLeader = null;\n  state.hardStateDirty = true;\n  observe',
    ],
    [
      'pitfall 5: an adopted term is not written',
      "  state.hardStateDirty = true;\n  observe(turn, { type: 'termAdopted'",
      "  observe(turn, { type: 'termAdopted'",
    ],
    ['pitfall 5: a failed write is ignored', '  state.participating = false;\n', ''],
    [
      'a failed write leaves the round open',
      "  if (state.round !== null) reportLoss(turn, closeRound(turn), 'storeFailed', null);\n",
      '',
    ],
    [
      'a failed write leaves the election timer',
      "  clearTimer(turn, 'election');\n  state.leaderId = null;\n  state.participating",
      '  state.leaderId = null;\n  state.participating',
    ],
    ['a failed write is not reported', "  observe(turn, { type: 'storeFailed', error });\n", ''],
    ['rule retryWait is not read', 'if (!rules.retryWait) return drawElectionTimeout(state);', ''],
    [
      'retry waits grow beyond T',
      'Math.min(state.timeoutMs, retryJitterMs',
      'Math.min(Number.POSITIVE_INFINITY, retryJitterMs',
    ],
    [
      'pitfall 27: retry waits never grow',
      'retryJitterMs * 2 ** Math.min(state.failedRounds, maxDoublings)',
      'retryJitterMs',
    ],
    ['every failure raises the wait', 'if (raise) state', 'state'],
    [
      'a wait of nothing is one day no number',
      'Math.min(state.failedRounds, maxDoublings)',
      'state.failedRounds',
    ],
    ['pitfall 2: rounds are not told apart', '  state.roundCounter += 1;\n', ''],
    [
      'pitfall 2: rounds of two lives are not told apart',
      'round: { incarnation: state.incarnation, counter',
      'round: { incarnation: 1, counter',
    ],
    ['voteTimeoutMs is not read', 'turn.state.options.voteTimeoutMs ?? ', ''],
  ],

  'raft/votes.ts': [
    // Pre-vote.
    [
      'pitfall 17: a stranger gets a pre-vote',
      "  if (isUnknownCandidate(state, request)) return 'notInConfiguration';\n  // The term",
      '  // The term',
    ],
    [
      'a pre-vote for a term that is taken',
      'request.term <= state.currentTerm',
      'request.term < state.currentTerm',
    ],
    ['a pre-vote for any term', "  if (request.term <= state.currentTerm) return 'staleTerm';\n", ''],
    [
      'an active leader grants a pre-vote',
      "    if (rules.lease && isLeaderActive(state, time)) return 'leaderActive';\n",
      '',
    ],
    [
      'rule lease is not read by a leader asked for a pre-vote',
      'if (rules.lease && isLeaderActive',
      'if (isLeaderActive',
    ],
    [
      'a pre-vote leaves the quorum check that is due',
      'if (rules.quorumCheck && !isLeaderActive(state, time))',
      'if (false)',
    ],
    [
      'rule quorumCheck is not read by a leader asked for a pre-vote',
      'if (rules.quorumCheck && !isLeaderActive',
      'if (!isLeaderActive',
    ],
    [
      'pitfall 26: deposed by a pre-vote, and no timer',
      "becomeFollower(turn, 'quorumLost', 'electionTimer')",
      "becomeFollower(turn, 'quorumLost', 'callerArms')",
    ],
    [
      'a pre-vote inside the lease',
      "  // I have promised my leader silence of at least T (§4.2.3).\n  if (leaseRemainingMs(state, time) > 0) return 'leaseLive';\n",
      '',
    ],
    [
      'pitfall 16: a pre-vote for an older log',
      "  // A leader must hold every committed entry (§5.4.1).\n  if (isOlder(request.lastLog, lastPositionOf(state.log))) return 'staleLog';\n",
      '',
    ],
    [
      'a pre-vote raises the term',
      '  const reason = refusePreVote(turn, request);\n',
      '  const reason = refusePreVote(turn, request);\n  if (request.term > state.currentTerm) adoptTerm(turn, request.term, request.from);\n',
    ],
    [
      'a granted pre-vote re-arms the timer',
      '  const reason = refusePreVote(turn, request);\n',
      '  const reason = refusePreVote(turn, request);\n  if (reason === null) armElectionTimer(turn);\n',
    ],
    ['a leader that refuses a stale term resumes nothing', "reason === 'staleTerm' || ", ''],
    ['an active leader that refuses resumes nothing', " || reason === 'leaderActive'", ''],
    ['a leader reassures without a heartbeat', '  sendHeartbeat(turn, peer);\n', ''],
    ['a leader reassures without what is lacking', '  resume(turn, peer);\n', ''],

    // Vote.
    [
      'pitfall 17: a stranger gets a vote',
      "  if (isUnknownCandidate(state, request)) return 'notInConfiguration';\n  if (request.term <",
      '  if (request.term <',
    ],
    ['a vote of an earlier term', "  if (request.term < state.currentTerm) return 'staleTerm';\n", ''],
    [
      'an active leader yields to a vote',
      "if (state.options.rules.lease && state.role === 'leader' && isLeaderActive(state, time))",
      'if (false)',
    ],
    [
      'rule lease is not read by a leader asked for a vote',
      "state.options.rules.lease && state.role === 'leader'",
      "state.role === 'leader'",
    ],
    [
      'a vote inside the lease',
      "  if (leaseRemainingMs(state, time) > 0) return 'leaseLive';\n  // Before",
      '  // Before',
    ],
    [
      'a refused vote raises the term inside the lease',
      "  if (request.term < state.currentTerm) return 'staleTerm';\n",
      "  if (request.term < state.currentTerm) return 'staleTerm';\n  if (request.term > state.currentTerm) adoptTerm(turn, request.term, request.from);\n",
    ],
    [
      'the term of a vote request is not adopted',
      '  if (request.term > state.currentTerm) adoptTerm(turn, request.term, request.from);\n',
      '',
    ],
    [
      'pitfall 6: the log is judged before the term',
      '  // Before looking at the log',
      "  if (isOlder(request.lastLog, lastPositionOf(state.log))) return 'staleLog';\n  // Before looking at the log",
    ],
    [
      'two votes in one term',
      "  if (state.votedFor !== null && state.votedFor !== request.from) return 'votedForAnother';\n",
      '',
    ],
    [
      'a vote is not repeated to the same candidate',
      'state.votedFor !== null && state.votedFor !== request.from',
      'state.votedFor !== null',
    ],
    [
      'pitfall 16: a vote for an older log',
      "  // whole group without a leader (pitfall 7).\n  if (isOlder(request.lastLog, lastPositionOf(state.log))) return 'staleLog';\n",
      '',
    ],
    [
      'pitfall 7: a refusal re-arms the timer',
      '  const reason = refuseVote(turn, request);\n',
      '  const reason = refuseVote(turn, request);\n  if (reason !== null) armElectionTimer(turn);\n',
    ],
    ['a repeated vote is a new one', 'reason === null && state.votedFor === null', 'reason === null'],
    [
      'a vote leaves the own pre-vote open',
      "    if (state.round !== null) reportLoss(turn, closeRound(turn), 'votedForAnother', null);\n",
      '',
    ],
    ['a vote is forgotten', '    state.votedFor = request.from;\n', ''],
    [
      'pitfall 5: a vote is not written',
      '    state.votedFor = request.from;\n    state.hardStateDirty = true;',
      '    state.votedFor = request.from;',
    ],
    ['a vote does not re-arm the timer', '    armElectionTimer(turn);\n', ''],

    // Both.
    ['a node without a configuration refuses all', 'configuration.voters.length === 0 || ', ''],
    [
      'pitfall 30: a candidate unknown here is refused whatever it knows',
      'return !isOlder(position, request.lastLog);',
      'return true;',
    ],
    [
      'pitfall 17: a candidate as old as my configuration may know a later one',
      'return !isOlder(position, request.lastLog);',
      'return isOlder(request.lastLog, position);',
    ],
    [
      'pitfall 8: answers carry the prospective term',
      '    term: state.currentTerm,\n',
      '    term: request.term,\n',
    ],
    ['answers do not echo the term', 'requestTerm: request.term', 'requestTerm: state.currentTerm'],
    [
      'answers do not echo the round',
      '    round: request.round,\n    granted',
      '    round: { incarnation: state.incarnation, counter: state.roundCounter },\n    granted',
    ],
    [
      'refusals do not say how long the lease runs',
      "reason === 'leaseLive' ? leaseRemainingMs(state, time) : null",
      'null',
    ],
  ],

  'raft/follower.ts': [
    [
      'lease: the contact that brings a T is promised the one before',
      '  adoptTimeout(state, message, isNewLeader);\n  extendLease(state, state.contact);\n',
      '  extendLease(state, state.contact);\n  adoptTimeout(state, message, isNewLeader);\n',
    ],
    ['nobody takes the leader’s T', '  adoptTimeout(state, message, isNewLeader);\n', ''],
    ['a failover counts as a gap', 'if (!isNewLeader) noteSilence', 'if (true) noteSilence'],
    [
      'a leader given up and heard again was never silent',
      'if (!isNewLeader) noteSilence',
      'if (state.leaderId === message.from) noteSilence',
    ],
    ['gaps are not kept', '  noteHeardGap(turn.state, gapMs, turn.time);\n', ''],
    [
      'gaps are on the wall clock',
      'arrived.runningMs - contact.runningMs;\n  noteHeardGap',
      'arrived.nowMs - contact.nowMs;\n  noteHeardGap',
    ],
    ['gaps are not reported', 'report: reportGaps(state, time),', 'report: null,'],
    ['AppendEntries of an earlier term is taken', 'if (message.term < state.currentTerm) {', 'if (false) {'],
    [
      'AppendEntries of a later term is not followed',
      '  if (message.term > state.currentTerm) adoptTerm(turn, message.term, message.from);\n',
      '',
    ],
    [
      'two leaders in one term go unnoticed by a follower',
      ' || (state.termLeader !== null && state.termLeader !== message.from)',
      '',
    ],
    [
      'a candidate does not follow the leader of its term',
      "if (state.role === 'candidate') {",
      'if (false) {',
    ],
    [
      'a candidate’s round ends unreported',
      "    if (state.round !== null) reportLoss(turn, state.round, 'leaderHeard', null);\n",
      '',
    ],
    [
      'a mismatch is no contact',
      '  acceptLeader(turn, message, arrived);\n\n  const hint = checkLog(turn, message);\n',
      '  const hint = checkLog(turn, message);\n  if (hint === null) acceptLeader(turn, message, arrived);\n',
    ],
    [
      'two leaders stay in their term',
      "  adoptTerm(turn, asTerm(message.term + 1), message.from, 'electionSafetyBroken');\n",
      '',
    ],
    [
      'two leaders are told nothing',
      "'electionSafetyBroken');\n  answer(turn, message, false, null);",
      "'electionSafetyBroken');",
    ],
    ['two leaders go unreported', "    type: 'invariantViolated',", "    type: 'committed',"],
    ['the leader of the term is not remembered', '  state.termLeader = message.from;\n', ''],
    [
      'the dead leader’s last words keep it waiting',
      '  if (state.noticedLeader === message.from) return;\n',
      '',
    ],
    ['contact goes back', 'contact === null ? arrived : laterOf(contact, arrived)', 'arrived'],
    ['contact is when it was handled', 'contact === null ? arrived : laterOf(contact, arrived)', 'turn.time'],
    [
      'contact is a promise to nobody',
      '  extendLease(state, state.contact);\n  state.failedRounds',
      '  state.failedRounds',
    ],
    ['a leader that is heard leaves k', '  state.failedRounds = 0;\n', ''],
    [
      'pitfall 25: a pre-vote outlives the leader’s return',
      "  if (state.round !== null) reportLoss(turn, closeRound(turn), 'leaderHeard', null);\n  if",
      '  if',
    ],
    [
      'a learner gets a timer',
      '  if (!isVotingMember(state)) return;\n  state.successorRank',
      '  state.successorRank',
    ],
    ['a rank is not remembered', '  state.successorRank = message.successorRank;\n', ''],
    ['pitfall 26: a leader that is heard arms nothing', '  awaitLeader(turn, state.contact);\n', ''],
    [
      'the timeout counts from the handling',
      'awaitLeader(turn, state.contact)',
      'awaitLeader(turn, turn.time)',
    ],
    ['near misses from half of T on', 'nearMissShare = 0.8', 'nearMissShare = 0.5'],
    ['near misses only beyond T', 'nearMissShare = 0.8', 'nearMissShare = 1'],
    [
      'the incarnation of the leader is not remembered',
      '  state.leaderIncarnation = message.incarnation;\n',
      '',
    ],
    [
      'the log check looks at the index alone',
      'if (ownTerm === term) return null;',
      'if (ownTerm !== undefined) return null;',
    ],
    ['the hint of a short log is one too low', 'asLogIndex(lastIndexOf(log) + 1)', 'lastIndexOf(log)'],
    [
      'pitfall 24: truncates without a conflict',
      'termAt(log, entries[known]?.index ?? asLogIndex(0)) === entries[known]?.term',
      'false',
    ],
    ['truncates what is committed', 'first.index > commitIndex,', 'true,'],
    [
      'a truncation is not written',
      'persistLog(turn, conflict ? first.index : null, missing)',
      'persistLog(turn, null, missing)',
    ],
    [
      'pitfall 5: entries are acknowledged unwritten',
      '  persistLog(turn, conflict ? first.index : null, missing);\n',
      '',
    ],
    ['commits beyond what agrees', 'Math.min(message.leaderCommit, agreed)', 'message.leaderCommit'],
    ['commits all that agrees', 'Math.min(message.leaderCommit, agreed)', 'agreed'],
    [
      'commits nothing of what it has just appended',
      'message.prevLog.index + message.entries.length',
      'message.prevLog.index',
    ],
    ['pitfall 24: the commit goes back', '  if (index <= state.commitIndex) return;\n', ''],
    ['a configuration that changes nothing is news', '!isSameConfiguration(configuration, before)', 'true'],
    ['a configuration goes unnoticed', 'configurationInForce(state.log) !== before', 'false'],
    [
      'a new voter promises nothing',
      'if (state.leaderId !== null && state.contact !== null) extendLease(state, state.contact);',
      '',
    ],
    [
      'a new voter promises to a leader announced dead',
      'state.leaderId !== null && state.contact',
      'state.contact',
    ],
    [
      'pitfall 26: a new voter has no timer',
      'if (!state.timers.election.armed && !state.timers.preVote.armed) armElectionTimer(turn);',
      '',
    ],
    ['pitfall 17: a removed voter keeps its timer', "  clearTimer(turn, 'election');\n  if", '  if'],
    [
      'pitfall 17: a removed voter keeps its round',
      "  if (state.round !== null) reportLoss(turn, closeRound(turn), 'notVoter', null);\n",
      '',
    ],
    ['the answer is stamped anew', 'sent: message.sent', 'sent: turn.time'],
    [
      'the answer speaks of its own log',
      'prevLogIndex: message.prevLog.index',
      'prevLogIndex: lastIndexOf(state.log)',
    ],
    ['the answer does not count the entries', 'entryCount: message.entries.length', 'entryCount: 0'],
    ['the answer does not echo the term', 'requestTerm: message.term', 'requestTerm: state.currentTerm'],
    ['a mismatch is a success', 'answer(turn, message, false, hint)', 'answer(turn, message, true, hint)'],
  ],

  'raft/leader.ts': [
    [
      'lease: a leader counts on the T it has told',
      ': Math.min(report.electionTimeoutMs, adaptiveTimeout.maxMs)',
      ': state.timeoutMs',
    ],
    [
      'lease: a leader counts on whatever it is told',
      'Math.min(report.electionTimeoutMs, adaptiveTimeout.maxMs)',
      'report.electionTimeoutMs',
    ],
    [
      'lease: an overtaken answer promises',
      '  if (peer.contact !== null && sent.nowMs < peer.contact.nowMs) return;\n',
      '',
    ],
    [
      'a raise waits for the next heartbeat',
      'if (adaptTimeout(turn)) for',
      'if (adaptTimeout(turn) && false) for',
    ],
    ['T falls never', '  adaptTimeout(turn);\n', ''],
    [
      'late answers are not looked at',
      'if (state.leadership === null) noteLateAnswer(state, message, time);',
      '',
    ],
    ['a leader does not count how long it waited', '  noteAnsweredGap(state, sinceMs, time);\n', ''],
    ['heartbeats bring no new ranks', '  rankSuccessors(state, time);\n', ''],
    [
      'a late heartbeat delays all later ones',
      'onBeatMs > time.nowMs ? onBeatMs : time.nowMs + beatMs',
      'time.nowMs + beatMs',
    ],
    [
      'heartbeats missed in a stall are made up for',
      'onBeatMs > time.nowMs ? onBeatMs : time.nowMs + beatMs',
      'onBeatMs',
    ],
    ['no heartbeats', '    sendHeartbeat(turn, peer);\n', ''],
    ['what is lost is never sent again', '    resendIfLate(turn, peer);\n', ''],
    [
      'pitfall 10: a leader that nobody answers goes on',
      'if (time.runningMs >= deadlineMs) {',
      'if (false) {',
    ],
    [
      'at the very end of its patience a leader goes on',
      'if (time.runningMs >= deadlineMs) {',
      'if (time.runningMs > deadlineMs) {',
    ],
    [
      'pitfall 26: a deposed leader arms nothing',
      "becomeFollower(turn, 'quorumLost', 'electionTimer')",
      "becomeFollower(turn, 'quorumLost', 'callerArms')",
    ],
    [
      'the quorum check runs T from its last run',
      'const deadlineMs = quorumCheckDueMs(state, time);',
      'const deadlineMs = time.runningMs + state.timeoutMs;',
    ],
    ['a leader ignores a higher term', 'if (message.term > state.currentTerm) {', 'if (false) {'],
    [
      'pitfall 23: the answer to an earlier leadership counts',
      ' || message.requestTerm !== state.currentTerm',
      '',
    ],
    ['the answer to a message from the future counts', 'message.sent.nowMs > time.nowMs || ', ''],
    ['a success past the end of the log counts', ' || matched > lastIndexOf(state.log)', ''],
    ['contact of a peer goes back', 'peer.contact === null ? sent : laterOf(peer.contact, sent)', 'sent'],
    [
      'contact of a peer is when it answered',
      'peer.contact === null ? sent : laterOf(peer.contact, sent)',
      'time',
    ],
    ['nobody establishes a leader', '  noteAnswered(turn, peer.id);\n', ''],
    ['a heartbeat’s answer moves match and next', 'if (message.entryCount === 0) {', 'if (false) {'],
    ['a mismatch counts as a match', '} else if (message.success) {', '} else if (true) {'],
    ['each copy of an answer sends the next batch', '    if (matched <= peer.matchIndex) return;\n', ''],
    ['match is the end of the log', 'advance(peer, matched)', 'advance(peer, lastIndexOf(state.log))'],
    [
      'an answer commits nothing',
      '    advance(peer, matched);\n    advanceCommit(turn);',
      '    advance(peer, matched);',
    ],
    [
      'the next batch waits for the heartbeat',
      '    advanceCommit(turn);\n    resume(turn, peer);',
      '    advanceCommit(turn);',
    ],
    ['an overtaken mismatch takes next back', ' && message.prevLogIndex === peer.nextIndex - 1', ''],
    ['a mismatch takes next nowhere', '    retreat(peer, message.hint.index);\n', ''],
    [
      'after a mismatch nothing is sent',
      '    retreat(peer, message.hint.index);\n    resume(turn, peer);',
      '    retreat(peer, message.hint.index);',
    ],
    ['pitfall 18: answers as leader after a stall', 'if (!isLeaderConfirmed(state, time)) {', 'if (false) {'],
    [
      'a proposal is never answered',
      '  leadership.pending.push({ index, requestId: proposal.requestId });\n',
      '',
    ],
    [
      'a proposal waits for the heartbeat',
      '  for (const peer of leadership.peers) replicate(turn, peer);\n',
      '',
    ],
    [
      'the own copy counts before it is written',
      '  persistLog(turn, null, [entry]);\n  leadership.durableIndex = index;\n  advanceCommit(turn);',
      '  leadership.durableIndex = index;\n  advanceCommit(turn);\n  persistLog(turn, null, [entry]);',
    ],
    ['the own copy never counts', '  leadership.durableIndex = index;\n', ''],
  ],

  'raft/replicator.ts': [
    ['T is not told', 'state.gaps === null ? null : state.timeoutMs', 'null'],
    ['broadcast heartbeats come too often', 'rules.broadcastHeartbeats ? heartbeatMs : ', ''],
    ['heartbeats one after the other come too seldom', ' / Math.max(1, leadership?.peers.length ?? 0)', ''],
    ['a heartbeat goes to one peer only', 'if (options.rules.broadcastHeartbeats) return peers;', ''],
    ['one peer gets all heartbeats', 'timers.heartbeat.generation % peers.length', '0'],
    ['nobody is told a rank', 'successorRank: peer.successorRank', 'successorRank: null'],
    ['batches pile up on the way', 'peer.inFlight !== null || ', ''],
    ['a batch has no bound', 'state.options.maxAppendEntries', 'Number.MAX_SAFE_INTEGER'],
    [
      'heartbeats check the log at next',
      'sendAppendEntries(turn, peer, peer.matchIndex, [])',
      'sendAppendEntries(turn, peer, peer.nextIndex - 1, [])',
    ],
    ['resends after h exactly', '<= turn.state.options.heartbeatMs', '< turn.state.options.heartbeatMs'],
    ['resends with every heartbeat', 'peer.inFlight !== null && turn.time', 'false && turn.time'],
    [
      'pitfall 15: commits an earlier term’s entry by counting',
      ' || termAt(state.log, index) !== state.currentTerm',
      '',
    ],
    ['commits what is committed', 'index <= state.commitIndex || ', ''],
    ['a leader is ready again and again', '    leadership.ready = true;\n', ''],
    [
      'proposals are answered before they are committed',
      'proposal !== undefined && proposal.index <= index',
      'proposal !== undefined',
    ],
    [
      'a proposal is answered again',
      '    leadership.pending.shift();\n    proposal = leadership.pending[0];',
      '    proposal = leadership.pending[leadership.pending.indexOf(proposal) + 1];',
    ],
    [
      'any answer establishes a leader',
      'if (!isQuorum(configurationInForce(state.log).configuration, answered)) return;',
      '',
    ],
    ['a leader is established again and again', '  state.leadership.answered = null;\n', ''],
    ['heartbeats tell no commit', 'leaderCommit: state.commitIndex', 'leaderCommit: asLogIndex(0)'],
    ['messages are not stamped', '    sent: time,', '    sent: { nowMs: 0, runningMs: 0 },'],
  ],

  'actor/mailbox.ts': [
    [
      'pitfall 12: bulk goes before heartbeats',
      'control.shift() ?? data.shift()',
      'data.shift() ?? control.shift()',
    ],
    [
      'pitfall 29: an own expiry is dropped from a full lane',
      'isDroppable(mail) && this.#isFull(name, mail)',
      'this.#isFull(name, mail)',
    ],
    ['a lane has no bound', 'this.#tallies[name].droppable >= this.#bounds[name]', 'false'],
    ['no sender has a share', 'this.#shares[name].isTaken(mail.message)', 'false'],
    [
      'what has left still takes up its share',
      "if (mail.type === 'message') this.#shares[name].left(mail.message);",
      '',
    ],
    ['who has left still takes a place', 'if (isDroppable(mail)) tally.droppable -= 1;', ''],
    ['rule controlLane is not read', 'rules.controlLane ? new Lane() : lane', 'new Lane()'],
    [
      'a heartbeat that is due waits its turn',
      'if (!this.#rules.controlLane || !isHeartbeat(mail)) return null;',
      'return null;',
    ],
    ['a heartbeat waits for whom a quorum check hears first', ' || isDeposing(other)', ''],
    ['a node may do something before it begins', "    if (mail.type === 'start') return () => true;\n", ''],
    [
      'without a control lane heartbeats overtake',
      '!this.#rules.controlLane || !isHeartbeat(mail)',
      '!isHeartbeat(mail)',
    ],
    ['there is no control lane', 'rules.controlLane ? new Lane() : lane', 'lane'],
    ['rule drainBeforeSuspect is not read by what deposes', ' || !this.#rules.drainBeforeSuspect', ''],
    [
      'rule drainBeforeSuspect is not read by the contact that waits',
      '    if (!this.#rules.drainBeforeSuspect) return null;\n',
      '',
    ],
    ['the most that waited is kept for ever', 'tally.maxWaiting = tally.waiting;', 'void tally;'],
    ['the oldest is looked for in the control lane alone', 'data.first?.arrived.nowMs ?? nowMs', 'nowMs'],
    [
      'pitfall 1: what deposes goes before contacts that wait',
      'return this.#judged.contacts >= 0;',
      'return false;',
    ],
    [
      'pitfall 1: what deposes goes before contacts that came after it',
      'control.remove(isContact) ?? data.remove(isContact)',
      'data.remove(isContact)',
    ],
    ['a flood puts off for ever what deposes', '    this.#judged.contacts -= 1;\n', ''],
    ['what a dead life has left stays', 'let mail = lane.remove(isOver); mail', 'let mail; mail'],
    ['what the next life says is forgotten too', ' && mail.message.incarnation <= incarnation', ''],
    ['what others say is forgotten too', 'mail.message.from === node && ', ''],
    [
      'pitfall 1: the oldest contact that waits',
      'mail.arrived.nowMs > newest.nowMs',
      'mail.arrived.nowMs < newest.nowMs',
    ],
    ['a contact of an earlier term wins', ' || mail.message.term !== term', ''],
    ['a contact of somebody else wins', 'mail.message.from !== leaderId || ', ''],
  ],

  'actor/mail.ts': [
    [
      'every expiry overtakes',
      "mail.type === 'timer' && mail.expiry.timer === 'heartbeat'",
      "mail.type === 'timer'",
    ],
    ['a heartbeat waits for what has arrived', "return timer !== 'heartbeat';", 'return true;'],
    ['no expiry waits for what has arrived', "return timer !== 'heartbeat';", 'return false;'],
    ['a vote expiry waits for no contact', " || mail.expiry.timer === 'vote'", ''],
    ['a quorum check waits for no contact', "mail.expiry.timer === 'quorumCheck' || ", ''],
    ['an answer is no contact', " || mail.message.type === 'appendEntriesReply'", ''],
    ['proposals are never dropped', " || mail.type === 'propose'", ''],
  ],

  'actor/interpreter.ts': [
    [
      'writes on after a failed write',
      "write?.type === 'persist' && !failed ?",
      "write?.type === 'persist' ?",
    ],
    [
      'what was truncated stays in the log that is shown',
      'if (truncateFrom !== null) this.#flushed.length = truncateFrom - 1;',
      '',
    ],
    ['pitfall 5: nothing waits for a flush', 'failure = await flushed;', 'void flushed;'],
    [
      'pitfall 5: sends before the flush',
      '#send(effects.slice(from, to))',
      '#send(from === 0 ? effects : [])',
    ],
    ['pitfall 5: sends behind a failed write', 'if (!failed) this.#send(', 'this.#send('],
    ['what a failed write was to allow is told', 'if (!failed) reporter', 'reporter'],
    [
      'a proposal behind a failed write is committed',
      "failed ? { type: 'outcomeUnknown' } : effect.outcome",
      'effect.outcome',
    ],
  ],

  'actor/actor.ts': [
    [
      'pitfall 1: an expiry goes before what waits in the port',
      'if (isJudged(expiry.timer)) this.#drain();',
      '',
    ],
    [
      'pitfall 1: what has come since the expiry was offered waits',
      'if (this.#mailbox.isJudgedNext) this.#drain();',
      '',
    ],
    [
      'pitfall 11: the next input is taken while a write is under way',
      'await this.#turn(mail);\n      // Over',
      'void this.#turn(mail);\n      // Over',
    ],
    ['pitfall 12: a slice begins anew with each message', 'this.#turns += 1;', 'this.#turns = 1;'],
    [
      'what comes before the beginning is heard',
      'if (this.#begun) this.#receive(input',
      'this.#receive(input',
    ],
    [
      'what a dead life has left in the mailbox stays',
      'this.#mailbox.forget(input.node, input.incarnation);',
      '',
    ],
    ['the core is not told of a failed write', 'if (error !== null) await', 'if (false) await'],
    ['the end does not wait for the write under way', '      await this.#work;\n', ''],
    ['the store is left open', '      await this.#holdings.store.close();\n', ''],
    [
      'status stays as it was in the beginning',
      '    this.#snapshot = snapshotOf(this.#state, this.#clock.read());\n    // Ahead',
      '    // Ahead',
    ],
    [
      'pitfall 1: no expiry hears of the contact that waits',
      'return this.#mailbox.newestWaitingContact(',
      'return null && this.#mailbox.newestWaitingContact(',
    ],
    ['drops are not reported', 'if (dropped > 0) this.#report', 'if (false) this.#report'],
    ['a full lane is no drop', '    }\n    return waits;', '    }\n    return true;'],
  ],
};
