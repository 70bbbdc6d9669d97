'use strict';
// A bundled framework stands in for the version that a configuration asks for: Seed chose the line that is
// nearest to it and says so in the log. Without this the framework would end over a difference in the number.
const Module = require('module');
const load = Module._load;
Module._load = function (name, parent, ...rest) {
  const found = load.call(this, name, parent, ...rest);
  const asks = name === 'semver' && parent && /[\\/]osls(-3)?[\\/]lib[\\/]classes[\\/]service\.js$/.test(parent.filename || '');
  return asks ? { ...found, satisfies: () => true } : found;
};
