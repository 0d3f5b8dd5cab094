using System.Runtime.CompilerServices;

namespace Guest.Storage.Devices;

/// <summary>What xen-blkback and a front end write to one another (io/blkif.h, the 64-bit layout). Sectors are 512 bytes here whatever the
/// disk's are.</summary>
internal static class BlkFrontRing
{
    public const byte OperationRead = 0;
    public const byte OperationWrite = 1;
    public const byte OperationWriteBarrier = 2;
    public const byte OperationFlush = 3;
    public const byte OperationDiscard = 5;
    public const byte OperationIndirect = 6;

    public const short StatusOkay = 0;
    public const short StatusError = -1;
    public const short StatusUnsupported = -2;

    public const int SectorShift = 9;
    public const int SectorsPerPage = 8;

    /// <summary>BLKIF_MAX_SEGMENTS_PER_REQUEST: what fits in a request itself.</summary>
    public const int DirectSegments = 11;

    /// <summary>Segments in one indirect page.</summary>
    public const int IndirectSegmentsPerPage = 4096 / 8;

    /// <summary>VDISK_READONLY in the back end's <c>info</c>.</summary>
    public const uint InfoReadOnly = 4;

    /// <summary>blkif_request_segment: a grant, and the first and last sector in its page.</summary>
    public readonly struct Segment(uint grant, byte first, byte last)
    {
        public readonly uint Grant = grant;
        public readonly byte First = first;
        public readonly byte Last = last;
        private readonly ushort _padding;
    }

    /// <summary>blkif_request, and by other names for the same bytes blkif_request_discard (sectors where the first segment is) and
    /// blkif_request_indirect (handle, then the indirect pages' grants, there).</summary>
    public struct Request
    {
        public byte Operation;

        /// <summary>Segments; in an indirect request the operation that is meant.</summary>
        public byte SegmentsOrOperation;

        /// <summary>The device's number; in an indirect request the segments.</summary>
        public ushort HandleOrSegments;

        private readonly uint _padding;
        public ulong Id;
        public ulong Sector;
        public Body Body;
    }

    /// <summary>blkif_response.</summary>
    public readonly struct Response
    {
        public readonly ulong Id;
        public readonly byte Operation;
        private readonly byte _padding;
        public readonly short Status;
        private readonly uint _padding2;
    }

    /// <summary>The segments of a direct request.</summary>
    [InlineArray(DirectSegments)]
    public struct Body
    {
        private Segment _first;
    }
}
