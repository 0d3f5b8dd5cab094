using System;
using Guest.Core;

namespace Guest.Pci;

/// <summary>The MSI-X capability and its table (PCI 3.0, 6.8.2).</summary>
internal static class MsiX
{
    private const int MessageControl = 2;
    private const int TableOffset = 4;

    private const int ControlEnable = 1 << 15;
    private const int ControlFunctionMask = 1 << 14;
    private const int ControlTableSize = 0x7ff;

    private const int EntrySize = 16;
    private const int EntryAddress = 0;
    private const int EntryUpperAddress = 4;
    private const int EntryData = 8;
    private const int EntryVectorControl = 12;

    internal static bool TryEnable(PciFunction function, ReadOnlySpan<IInterruptHandler> handlers)
    {
        int capability = function.FindCapability(PciCapability.MsiX);
        if (capability == 0)
            return false;
        int control = function.Read16(capability + MessageControl);
        if (handlers.Length > (control & ControlTableSize) + 1)
            return false;
        uint location = function.Read32(capability + TableOffset);
        RegisterWindow? table = function.OpenBar((int)(location & 7), location & ~7u, (ulong)(handlers.Length * EntrySize));
        if (table is null)
            return false;

        // Enabled but masked while the table is written: a function may ignore writes to it before.
        control |= ControlEnable;
        function.Write16(capability + MessageControl, (ushort)(control | ControlFunctionMask));
        for (int i = 0; i < handlers.Length; i++)
        {
            if (!function.Platform.TryConnectMessage(handlers[i], function.Counters, out MessageInterrupt message))
            {
                function.Write16(capability + MessageControl, (ushort)(control & ~ControlEnable));
                for (int connected = 0; connected < i; connected++)
                    function.Platform.Disconnect(handlers[connected]);
                return false;
            }

            int entry = i * EntrySize;
            table.Write32(entry + EntryAddress, (uint)message.Address);
            table.Write32(entry + EntryUpperAddress, (uint)(message.Address >> 32));
            table.Write32(entry + EntryData, message.Data);
            table.Write32(entry + EntryVectorControl, 0);
        }

        function.Enable(PciCommand.InterruptDisable);
        function.Write16(capability + MessageControl, (ushort)(control & ~ControlFunctionMask));
        return true;
    }
}
