'use strict';
// The framework asks `npm ls` twice for each package.json which installed packages are only there for development;
// starting npm takes longer than packaging does. The same question, asked of npm's own library in this process.
//
// Only answers below the service's folder count to the framework. So without a node_modules folder there is nothing
// to list; with one, npm's library reads the tree and the edges are followed as `npm ls` does. Where neither fits
// (workspaces, another package manager's tree, no npm), npm itself is started as before.
const childProcess = require('child_process');
const { EventEmitter } = require('events');
const fs = require('fs');
const path = require('path');

const home = npmHome();
const Arborist = home && load(path.join(home, 'node_modules', '@npmcli', 'arborist'));
const spawn = childProcess.spawn;

childProcess.spawn = function (command, args, options, ...more) {
  const asked = Array.isArray(args) && args[0] === 'ls' && args.includes('--parseable=true') && args.includes('--all');
  const wanted = command === 'npm' && asked && options && Array.isArray(options.stdio) && Number.isInteger(options.stdio[1]);
  if (!wanted || !answerable(options.cwd)) return spawn.call(this, command, args, options, ...more);
  return answer(options.cwd, args.includes('--prod=true'), options.stdio[1]);
};

function answerable(folder) {
  const all = [folder, ...parents(folder)];
  if (all.some(isWorkspaceRoot)) return false;
  if (!all.some(hasModules)) return true;
  const installedByNpm = fs.existsSync(path.join(folder, 'node_modules', '.package-lock.json'));
  return Boolean(Arborist) && (installedByNpm || !hasModules(folder));
}

function answer(folder, withoutDev, fd) {
  const child = Object.assign(new EventEmitter(), { stdin: null, stdout: null, stderr: null, kill: () => false });
  list(folder, withoutDev).then(
    (paths) => {
      fs.writeSync(fd, `${paths.join('\n')}\n`);
      finish(child, 0);
    },
    () => finish(child, 1)
  );
  return child;
}

function finish(child, code) {
  child.emit('exit', code, null);
  child.emit('close', code, null);
}

// Breadth first from the root; development edges count at the root alone. What nobody asked for is listed too.
async function list(folder, withoutDev) {
  if (![folder, ...parents(folder)].some(hasModules)) return [folder];
  const tree = await new Arborist({ path: folder }).loadActual();
  const seen = new Set([tree]);
  for (const node of seen) {
    for (const edge of node.target.edgesOut.values()) {
      const skipped = node === tree && withoutDev && edge.dev;
      if (edge.to && !skipped) seen.add(edge.to);
    }
    for (const child of node.target.children.values()) if (child.extraneous) seen.add(child);
  }
  return [...seen].map((node) => node.path);
}

function parents(folder) {
  const above = path.dirname(folder);
  return above === folder ? [] : [above, ...parents(above)];
}

function hasModules(folder) {
  return fs.existsSync(path.join(folder, 'node_modules'));
}

function isWorkspaceRoot(folder) {
  try {
    return Boolean(JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).workspaces);
  } catch {
    return false;
  }
}

function npmHome() {
  for (const folder of (process.env.PATH || '').split(path.delimiter)) {
    try {
      return path.dirname(path.dirname(fs.realpathSync(path.join(folder, 'npm'))));
    } catch {
      continue;
    }
  }
  return null;
}

function load(name) {
  try {
    return require(name);
  } catch {
    return null;
  }
}

exports.roots = home ? [home] : [];
