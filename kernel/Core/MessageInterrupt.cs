namespace Guest.Core;

/// <summary>What a device writes, and where, to raise a message-signalled interrupt (PCI 3.0, 6.8.1).</summary>
public readonly record struct MessageInterrupt(ulong Address, uint Data);
