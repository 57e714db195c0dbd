// A page that answers what was sent would have it kept, with what was typed, in the browser's history on the disk.
history.replaceState(null, '');
