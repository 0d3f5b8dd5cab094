using Guest.Core;

namespace Guest.Pci;

/// <summary>The MSI capability with one message (PCI 3.0, 6.8.1).</summary>
internal static class Msi
{
    private const int MessageControl = 2;
    private const int MessageAddress = 4;
    private const int MessageUpperAddress = 8;
    private const int MessageData32 = 8;
    private const int MessageData64 = 12;

    private const int ControlEnable = 1;
    private const int ControlMultipleMessageEnable = 7 << 4;
    private const int Control64Bit = 1 << 7;

    internal static bool TryEnable(PciFunction function, IInterruptHandler handler)
    {
        int capability = function.FindCapability(PciCapability.Msi);
        if (capability == 0)
            return false;
        int control = function.Read16(capability + MessageControl);
        bool wide = (control & Control64Bit) != 0;
        if (!function.Platform.TryConnectMessage(handler, function.Counters, out MessageInterrupt message))
            return false;
        if (!wide && message.Address > uint.MaxValue)
        {
            function.Platform.Disconnect(handler);
            return false;
        }

        function.Write32(capability + MessageAddress, (uint)message.Address);
        if (wide)
            function.Write32(capability + MessageUpperAddress, (uint)(message.Address >> 32));
        function.Write16(capability + (wide ? MessageData64 : MessageData32), (ushort)message.Data);
        function.Enable(PciCommand.InterruptDisable);
        function.Write16(capability + MessageControl, (ushort)((control & ~ControlMultipleMessageEnable) | ControlEnable));
        return true;
    }
}
