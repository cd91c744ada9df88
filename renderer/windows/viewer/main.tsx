import { mount } from '../../app/mount.tsx'
import { viewerAddress } from './viewer-address.ts'
import { Viewer } from './viewer.tsx'
import './viewer-window.css'

mount(<Viewer address={viewerAddress(location.search)} />)
