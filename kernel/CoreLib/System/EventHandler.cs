namespace System;

/// <summary>Is told of an event.</summary>
public delegate void EventHandler(object? sender, EventArgs e);
