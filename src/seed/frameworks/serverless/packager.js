'use strict';
// A packager: the framework, started and loaded, waiting for jobs.
//
//   SEED_CONTROL=<fd> node packager.js <the framework's program> <folder of a small service of ours>
//
// It packages our small service once, which loads all that packaging needs and compiles the schema, then says
// {"ready":true} on the control socket. A job is one line, {"cwd", "argv", "env"}; its output goes to stdout as
// always, and its end is {"code", "again"}. A job is over when nothing of it is left to run, which is when a
// process of its own would have ended. `again` is true while only the framework's own code was loaded: after
// code of a repository (plugins, configuration in JavaScript) this process is not fit for another job.
const fs = require('fs');
const Module = require('module');
const net = require('net');
const path = require('path');
const answerNpmList = require('./npm-list');

const [script, warmService] = process.argv.slice(2);
const control = new net.Socket({ fd: Number(process.env.SEED_CONTROL) });
const ours = [path.dirname(path.dirname(path.dirname(fs.realpathSync(script)))), __dirname, ...answerNpmList.roots];
const own = { exit: process.exit, signals: new Map() };
let foreign = false;
let done = null;

const resolve = Module._resolveFilename;
Module._resolveFilename = function (...args) {
  const found = resolve.apply(this, args);
  if (path.isAbsolute(found) && !ours.some((root) => found.startsWith(root + path.sep))) foreign = true;
  return found;
};

process.on('beforeExit', (code) => {
  if (!done) return;
  const tell = done;
  done = null;
  tell(code);
});

function run(job, end) {
  process.chdir(job.cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, job.env);
  process.argv = [process.execPath, script, ...job.argv];
  process.exitCode = undefined;
  if (job.argv.includes('--config') && !/\.(ya?ml|json)$/.test(job.argv[job.argv.indexOf('--config') + 1])) foreign = true;
  const listening = new Map(process.eventNames().map((event) => [event, process.listeners(event)]));
  done = (code) => {
    for (const event of process.eventNames()) {
      const before = listening.get(event) || [];
      for (const listener of process.rawListeners(event)) {
        if (!before.includes(listener.listener || listener)) process.removeListener(event, listener);
      }
    }
    end(code);
  };
  control.unref();
  forget('scripts/serverless.js', 'lib/cli/triage/index.js', 'bin/serverless.js');
  const input = path.join(root(), 'lib/cli/resolve-input.js');
  if (require.cache[input]) require.cache[input].exports.clear();
  delete EvalError.$serverlessCommandStartTime;
  Module._load(script, null, true); // as the main module: plugins look for the framework from there
}

// What holds the state of one run begins anew; everything else stays loaded.
function forget(...names) {
  for (const name of names) delete require.cache[path.join(root(), name)];
}

function root() {
  return path.dirname(path.dirname(fs.realpathSync(script)));
}

function say(message) {
  control.write(`${JSON.stringify(message)}\n`);
}

let rest = '';
control.setEncoding('utf8');
control.on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop();
  for (const line of lines) {
    run(JSON.parse(line), (code) => {
      control.ref();
      say({ code, again: !foreign });
    });
  }
});
control.on('end', () => process.exit());

const argv = ['package', '--stage', 'warm', '--region', 'us-east-1', '--package', path.join(warmService, 'out')];
run({ cwd: warmService, argv, env: { ...process.env } }, (code) => {
  control.ref();
  foreign = false;
  say({ ready: code === 0 });
});
