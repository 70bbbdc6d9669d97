'use strict';
// What of the framework's deployment is in no template: hooks of plugins on its deploy lifecycle.
//
// After `package`, what has such hooks is written beside the package. In `deploy`, the framework's own part, which
// uploads and changes the stack, is taken out, since Seed has executed the reviewed change set; all else runs.
const crypto = require('crypto');
const fs = require('fs');
const Module = require('module');
const path = require('path');

const TOLD = 'seed-plugins.json';
const DEPLOYING = /^(before:|after:)?(deploy:(deploy|finalize)|aws:deploy:(deploy|finalize)(:\w+)?)$/;
const load = Module._load;
const patched = new WeakSet();

Module._load = function (name, ...rest) {
  const found = load.call(this, name, ...rest);
  const manager = typeof found === 'function' && /(^|[\\/])plugin-manager(\.js)?$/.test(name) && found.prototype;
  if (manager && manager.loadHooks && manager.run && !patched.has(found)) {
    patched.add(found);
    patch(manager);
  }
  return found;
};

function patch(manager) {
  const { loadHooks, run } = manager;

  manager.loadHooks = function (plugin) {
    const core = plugin.constructor.name === 'AwsDeploy' && !this.externalPlugins.has(plugin);
    if (core && isDeploy(this.serverless.processedInput.commands)) {
      plugin.hooks = withoutStack(plugin);
      this.leftToSeed = true;
    }
    return loadHooks.call(this, plugin);
  };

  manager.run = async function (commands) {
    if (isDeploy(commands) && !this.leftToSeed) throw new Error('This framework cannot be kept from changing the stack.');
    const result = await run.call(this, commands);
    if (commands.join(' ') === 'package') tell(this);
    return result;
  };
}

function isDeploy(commands) {
  return commands.join(' ') === 'deploy';
}

// The same lifecycle, every event of it, with nothing of the framework's own that writes.
function withoutStack({ serverless }) {
  const spawn = (name) => async () => serverless.pluginManager.spawn(name);
  return {
    'before:deploy:deploy': async () => {
      await serverless.pluginManager.spawn('aws:common:validate');
      await serverless.pluginManager.spawn('aws:common:moveArtifactsToTemp');
      recall(serverless);
    },
    'deploy:deploy': spawn('aws:deploy:deploy'),
    'deploy:finalize': spawn('aws:deploy:finalize'),
  };
}

// What the package step would have left in memory and on disk: the template as it was executed, and the state.
function recall(serverless) {
  const { naming } = serverless.getProvider('aws');
  const folder = serverless.pluginManager.cliOptions.package;
  const template = fs.readFileSync(path.join(folder, naming.getCompiledTemplateFileName()), 'utf8');
  serverless.service.provider.compiledCloudFormationTemplate = JSON.parse(template);
  const service = Object.fromEntries(
    Object.entries(serverless.service).filter(([name]) => name !== 'serverless' && name !== 'package')
  );
  for (const place of [folder, path.join(serverless.serviceDir, '.serverless')]) {
    const file = path.join(place, naming.getServiceStateFileName());
    serverless.utils.writeFileSync(file, { service, package: {} }, true);
  }
}

function tell(manager) {
  const folder = manager.cliOptions.package;
  const told = [...manager.plugins].filter((plugin) => manager.externalPlugins.has(plugin) && deploys(plugin)).map(nameOf);
  const all = [...new Set([...told, ...own(manager.serverless.service)])];
  if (all.length && folder && fs.existsSync(folder)) fs.writeFileSync(path.join(folder, TOLD), JSON.stringify(all));
}

function deploys(plugin) {
  return Object.keys(plugin.hooks || {}).some((event) => DEPLOYING.test(event));
}

// With its version; one that is a file of the repository with the beginning of its content's hash.
function nameOf({ constructor }) {
  const name = String(constructor._serverlessExternalPluginName || constructor.name);
  const mark = markOf(constructor);
  return mark ? `${name}@${mark}` : name;
}

function markOf(constructor) {
  const from = ({ exports }) => exports === constructor || defaultOf(exports) === constructor;
  const found = Object.values(require.cache).find(from);
  if (!found) return '';
  if (!found.filename.split(path.sep).includes('node_modules')) {
    return digest(fs.readFileSync(found.filename));
  }
  for (let at = path.dirname(found.filename); path.basename(at) !== 'node_modules'; at = path.dirname(at)) {
    const told = path.join(at, 'package.json');
    const { version } = fs.existsSync(told) ? JSON.parse(fs.readFileSync(told, 'utf8')) : {};
    if (version) return String(version);
  }
  return '';
}

function defaultOf(exports) {
  try {
    return exports && exports.default;
  } catch {
    return undefined; // other people's getters
  }
}

// Settings that the framework itself carries out after the stack's update, by calls of its own. Since they may be in
// no template, each has the beginning of its value's hash.
function own({ provider, functions }) {
  const { apiGateway = {}, tracing = {}, logs = {} } = provider;
  const events = Object.values(functions || {}).flatMap((one) => one.events || []);
  const stage = [
    ['provider.tracing.apiGateway', tracing.apiGateway],
    ['provider.apiGateway.metrics', apiGateway.metrics],
    ['provider.logs.restApi', logs.restApi],
    ['provider.tags', provider.tags],
    ['provider.stackTags', provider.stackTags],
  ];
  const ofStage = events.some((event) => event && event.http) && !apiGateway.restApiId ? stage : [];
  return [
    ...ofStage,
    ['provider.pruneFunctionVersions', provider.pruneFunctionVersions || null],
    ['provider.deletionProtection', provider.deletionProtection],
  ]
    .filter(([, value]) => value != null)
    .map(([name, value]) => `${name}@${digest(JSON.stringify(value, inOrder))}`);
}

function inOrder(_name, value) {
  const plain = value && typeof value === 'object' && !Array.isArray(value);
  return plain ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

function digest(content) {
  return crypto.createHash('sha256').update(content).digest('hex').slice(0, 8);
}
