// A process, or a module, that does nothing.
export {}
