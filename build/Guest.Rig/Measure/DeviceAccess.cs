namespace Guest.Rig.Measure;

/// <summary>One access of a guest to a device.</summary>
/// <param name="Region">QEMU's name of the run of registers or ports.</param>
/// <param name="Address">Where: the guest's physical address, or the port.</param>
/// <param name="Write">Whether it was a write.</param>
public readonly record struct DeviceAccess(string Region, ulong Address, bool Write);
